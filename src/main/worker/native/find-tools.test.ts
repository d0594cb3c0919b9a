import { describe, expect, it } from 'vitest'
import { explainDownloadFailure, findCompiler, findNpm, findPip, type Run } from './find-tools'
import { runTool, type ToolResult } from './run-tool'

const missing: ToolResult = { code: null, signal: null, startError: 'ENOENT', stdout: '', stderr: '' }
const answer = (stdout: string): ToolResult => ({ ...missing, code: 0, startError: null, stdout })

/** A machine with these programs; each knows the calls that begin as given. */
const machine =
  (programs: Record<string, string>): Run =>
  async (program, args) => {
    const version = programs[[program, ...args].join(' ')]
    return version === undefined ? missing : answer(version)
  }

describe('the tools of a machine', () => {
  it('are found, the named one first', async () => {
    const run = machine({ 'python -m pip --version': 'pip 24.0 from /usr/lib\n', 'my-g++ --version': 'my-g++ 13\n(c)' })
    expect(await findPip({}, run)).toEqual({
      program: 'python',
      first: ['-m', 'pip'],
      version: 'pip 24.0 from /usr/lib',
    })
    expect(await findCompiler({ CXX: 'my-g++' }, run)).toMatchObject({ program: 'my-g++', version: 'my-g++ 13' })
  })

  it('are asked for in one line when they are missing', async () => {
    const none = machine({})
    await expect(findPip({}, none)).rejects.toMatchObject({
      message: expect.stringContaining('No Python'),
      hint: expect.stringContaining('sudo apt install python3-pip'),
    })
    await expect(findPip({}, machine({ 'python3 --version': 'Python 3.12.1' }))).rejects.toMatchObject({
      message: expect.stringContaining('without pip'),
    })
    await expect(findCompiler({}, none)).rejects.toMatchObject({
      message: 'No C++ compiler was found (looked for g++, clang++, c++).',
      hint: expect.stringContaining('sudo apt install g++'),
    })
    // Without npm its registry is asked directly.
    expect(await findNpm({}, none)).toBeNull()
  })

  it('never throw where they do not start', async () => {
    expect(await runTool('earmark-no-such-program', [])).toMatchObject({ code: null, startError: 'ENOENT' })
    expect(await runTool(process.execPath, ['-e', 'console.error("a"); process.exit(3)'])).toMatchObject({ code: 3 })
  })

  it('have their failures told apart', () => {
    const explain = (stderr: string): [string, string] => {
      const { code, message } = explainDownloadFailure('pip', 'some.whl', { ...missing, code: 1, stderr })
      return [code, message]
    }
    const network =
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('…: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')'\nERROR: No matching distribution found for some"
    expect(explain(network)).toEqual([
      'backend-unavailable',
      'pip cannot reach its package index to download some.whl.',
    ])
    expect(explain('ERROR: No matching distribution found for some==2.21.0')[1]).toContain('does not offer some.whl')
    expect(explain('OSError: [Errno 28] No space left on device')[0]).toBe('no-space')
    expect(explain('hm\nERROR: something else')[1]).toBe('pip did not download some.whl: ERROR: something else')
  })
})
