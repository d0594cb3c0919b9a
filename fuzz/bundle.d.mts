/** Bundles fuzz/NAME.ts into out/fuzz. @returns the file's path */
export function bundle(name: string): Promise<string>
