/** Finds the tools that the setup needs, and says in one line how to get a missing one. */
import { AppError } from '../../../shared/errors'
import { runTool, tellingLine, type ToolResult } from './run-tool'

export interface Tool {
  program: string
  /** What comes before a call's own arguments. */
  first: string[]
  /** The first line of what it says of itself. */
  version: string
}

/** Runs a tool; a test gives its own. */
export type Run = (program: string, args: string[]) => Promise<ToolResult>

/** The ordinary way to ask a tool for its version. */
export const askTool =
  (signal?: AbortSignal): Run =>
  (program, args) =>
    runTool(program, args, { timeoutMs: 60_000, signal })
const run = askTool()

async function firstThatAnswers(
  candidates: Omit<Tool, 'version'>[],
  ask: string[],
  runWith: Run,
): Promise<Tool | null> {
  for (const { program, first } of candidates) {
    const result = await runWith(program, [...first, ...ask])
    if (result.code === 0) return { program, first, version: result.stdout.split('\n', 1)[0]!.trim() }
  }
  return null
}

/** @throws AppError 'backend-unavailable' when there is no Python, or one without pip */
export async function findPip(environment: NodeJS.ProcessEnv = process.env, runWith: Run = run): Promise<Tool> {
  const pythons = [environment.PYTHON, 'python3', 'python', 'py'].filter((name) => name !== undefined && name !== '')
  const candidates = pythons.map((program) => ({ program: program!, first: ['-m', 'pip'] }))
  const pip = await firstThatAnswers(candidates, ['--version'], runWith)
  if (pip !== null) return pip
  const plain = candidates.map(({ program }) => ({ program, first: [] }))
  const python = await firstThatAnswers(plain, ['--version'], runWith)
  if (python !== null)
    throw new AppError(
      'backend-unavailable',
      `${python.program} is there, but without pip, which downloads TensorFlow.`,
      {
        hint: 'Install it: sudo apt install python3-pip (Debian, Ubuntu) or sudo dnf install python3-pip (Fedora).',
      },
    )
  throw new AppError('backend-unavailable', 'No Python was found; its pip downloads TensorFlow.', {
    hint: 'Install it: sudo apt install python3-pip (Debian, Ubuntu) or sudo dnf install python3-pip (Fedora), or set PYTHON to its path.',
  })
}

/** @throws AppError 'backend-unavailable' when there is no C++ compiler */
export async function findCompiler(environment: NodeJS.ProcessEnv = process.env, runWith: Run = run): Promise<Tool> {
  const names = [environment.CXX, 'g++', 'clang++', 'c++'].filter((name) => name !== undefined && name !== '')
  const candidates = names.map((program) => ({ program: program!, first: [] }))
  const compiler = await firstThatAnswers(candidates, ['--version'], runWith)
  if (compiler !== null) return compiler
  throw new AppError('backend-unavailable', `No C++ compiler was found (looked for ${names.join(', ')}).`, {
    hint: 'Install one: sudo apt install g++ (Debian, Ubuntu) or sudo dnf install gcc-c++ (Fedora), or set CXX to its path.',
  })
}

/** The npm that started this, else the one on the path, else null: what it would fetch can be fetched without it. */
export async function findNpm(environment: NodeJS.ProcessEnv = process.env, runWith: Run = run): Promise<Tool | null> {
  const script = environment.npm_execpath
  const candidates = [{ program: 'npm', first: [] as string[] }]
  if (script !== undefined && /npm-cli\.[cm]?js$/.test(script))
    candidates.unshift({ program: process.execPath, first: [script] })
  return firstThatAnswers(candidates, ['--version'], runWith)
}

/** What a download tool's failure means, in one line. */
export function explainDownloadFailure(tool: string, what: string, result: ToolResult): AppError {
  const said = `${result.stdout}\n${result.stderr}`
  if (/No space left|ENOSPC/i.test(said))
    return new AppError('no-space', `There is no space left on the disk to download ${what}.`, {
      hint: 'Free some space, or set EARMARK_NATIVE_FOLDER to a folder on another disk.',
    })
  const network =
    /NewConnectionError|NameResolution|Temporary failure|Name or service|timed? ?out|Connection (?:refused|reset|broken)|ENOTFOUND|EAI_AGAIN|ECONN|ENETUNREACH|ProxyError|SSLError/i
  if (network.test(said))
    return new AppError('backend-unavailable', `${tool} cannot reach its package index to download ${what}.`, {
      hint: 'Check the network (and the proxy, if there is one), then run the setup again.',
    })
  if (/No matching distribution|Could not find a version|E404|ETARGET|not found/i.test(said))
    return new AppError('backend-unavailable', `${tool}’s package index does not offer ${what}.`, {
      hint: `It may be a mirror that lags behind: ${tool} config list shows which one is set.`,
    })
  return new AppError('backend-unavailable', `${tool} did not download ${what}: ${tellingLine(result)}`)
}
