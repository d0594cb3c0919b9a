/**
 * The rooms of the house and who may import whom (docs/architecture.md). A change here is a change of
 * the architecture: write the reason there.
 */
const rooms = {
  'src/dsp': [],
  // Random numbers too: a split made on either side of a channel is the same split.
  'src/shared': ['src/dsp/recipe.ts', 'src/dsp/random.ts'],
  'src/zoo': ['src/dsp/recipe.ts', 'src/dsp/presets.ts'],
  'src/formats': ['src/shared'],
  'src/main/disk': ['src/shared'],
  'src/main/media': ['src/main/disk', 'src/dsp', 'src/shared', 'src/formats'],
  'src/main/host': ['src/dsp', 'src/shared', 'src/zoo', 'src/formats', 'src/main/media', 'src/main/disk'],
  'src/main/worker': ['src/dsp', 'src/shared', 'src/zoo', 'src/formats', 'src/main/media', 'src/main/disk'],
  'src/main/door': ['src/shared'],
  'src/main/desktop': ['src/shared', 'src/main/host/host.ts', 'src/main/door', 'src/preload/bridge.ts'],
  'src/main/headless': ['src/shared', 'src/main/host/host.ts', 'src/main/door'],
  'src/main/cli': ['src/shared', 'src/main/host/host.ts', 'src/main/door', 'src/main/headless'],
  'src/preload': [],
  'src/renderer': ['src/shared', 'src/dsp', 'src/zoo', 'src/preload/bridge.ts'],
}

/** The worker's own floors: its jobs (train.ts, predict.ts, …) may use all of them. */
const workerFloors = {
  native: [],
  backends: ['native'],
  layers: ['backends'],
  learning: ['layers', 'backends'],
}

const exact = (path) => `^${path.replaceAll('.', '\\.')}${path.endsWith('.ts') ? '$' : '/'}`

const directions = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room.replace('src/', '')} may import only its floor`,
  severity: 'error',
  from: { path: exact(room), pathNot: '\\.test\\.ts$' },
  to: { path: '^src/', pathNot: [exact(room), ...allowed.map(exact)] },
}))

module.exports = {
  forbidden: [
    ...directions,
    ...Object.entries(workerFloors).map(([floor, below]) => ({
      name: `worker/${floor} may import only ${below.join(', ') || 'nothing'} of the worker`,
      severity: 'error',
      from: { path: `^src/main/worker/${floor}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/main/worker/', pathNot: [floor, ...below].map((name) => `^src/main/worker/${name}/`) },
    })),
    // env.d.ts lets every name ending in .vue through the type check.
    { name: 'what is imported is there', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no import circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'the ground floor knows no Node and no Electron',
      severity: 'error',
      from: { path: '^src/(dsp|shared|zoo|formats)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only the desktop door and the preload know Electron',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main/desktop|preload)/' },
      to: { path: 'node_modules/electron/' },
    },
    {
      name: 'only the worker knows tfjs',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/worker/' },
      to: { path: 'node_modules/@tensorflow/' },
    },
    {
      name: 'only the catalog knows SQLite',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/host/catalog/|\\.test\\.ts$' },
      to: { path: 'node_modules/better-sqlite3/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
