/** Bundles a TypeScript file to a place under out/. @returns the bundle's path */
export function bundle(source: string, place: string): Promise<string>
