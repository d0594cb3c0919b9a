/** Bundles fuzz/NAME.ts into a folder under out/. @returns the file's path */
export function bundle(name: string, folder: string): Promise<string>
