import packageFile from '../../../package.json'

/** Earmark's version, as package.json has it. */
export const version: string = packageFile.version
