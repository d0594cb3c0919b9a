/** The processes behind the windows: the host, restarted when it dies, and the workers it asks for. */
import { MessageChannelMain, type MessagePortMain, utilityProcess, type UtilityProcess } from 'electron'
import { createInterface } from 'node:readline'
import type { Client } from '../../shared/contract/contract'
import { AppError } from '../../shared/errors'
import type { WorkerKind } from '../../shared/job/manifest'
import { connect } from '../../shared/rpc/client'
import { createPortChannel } from '../../shared/rpc/message-port'
import type { BuildFiles } from '../door/build-files'
import type { FromHost, ToHost } from './host-messages'

/** A host that dies this often within a minute is not started again. */
const maxDeathsPerMinute = 3
const closeTimeoutMs = 15_000
const answerTimeoutMs = 5000

export interface ProcessOptions {
  files: BuildFiles
  version: string
  userFolder: string
  documentsFolder: string
  log(line: string): void
  /** The host died too often; there is nothing more to do here. */
  onGivenUp(): void
}

export class Processes {
  private host: UtilityProcess | null = null
  private readonly workers = new Map<number, UtilityProcess>()
  private readonly questions = new Map<number, (titles: string[]) => void>()
  private nextQuestion = 1
  private deaths: number[] = []
  private catalogPath: string | null = null
  private isClosing = false
  /** Main's own line to the host; settled again after each restart. */
  private ready: Promise<Client>

  constructor(private readonly options: ProcessOptions) {
    this.ready = this.startHost()
    this.ready.catch(() => undefined)
  }

  /** Main's client, for what main itself asks: media for the protocol, a catalog named on the command line. */
  async client(): Promise<Client> {
    return this.ready
  }

  /** Serves the contract over a window's port, as soon as the host is there. */
  async connectWindow(port: MessagePortMain): Promise<void> {
    await this.ready
    this.post({ type: 'connect' }, [port])
  }

  /** Titles of the jobs that a quit would stop; none when the host does not answer. */
  async runningJobs(): Promise<string[]> {
    if (this.host === null) return []
    const questionId = this.nextQuestion++
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve([]), answerTimeoutMs)
      this.questions.set(questionId, (titles) => {
        clearTimeout(timer)
        this.questions.delete(questionId)
        resolve(titles)
      })
      this.post({ type: 'ask-running-jobs', questionId })
    })
  }

  /** Closes the host in order: jobs cancelled, catalog closed, processes ended. */
  async close(): Promise<void> {
    this.isClosing = true
    const { host } = this
    if (host === null) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.options.log('The host did not close in time and was ended.')
        host.kill()
        resolve()
      }, closeTimeoutMs)
      host.once('exit', () => {
        clearTimeout(timer)
        resolve()
      })
      this.post({ type: 'close' })
    })
    for (const worker of this.workers.values()) worker.kill()
  }

  private async startHost(): Promise<Client> {
    const { files, version, userFolder, documentsFolder } = this.options
    const host = utilityProcess.fork(files.hostProcess, [], { serviceName: 'Earmark host', stdio: 'pipe' })
    this.host = host
    this.logOutput(host, 'host')
    host.on('message', (message: FromHost) => this.hear(message))
    host.on('exit', (code) => this.onHostExit(host, code))
    this.post({ type: 'start', version, userFolder, documentsFolder })
    const { port1, port2 } = new MessageChannelMain()
    this.post({ type: 'connect' }, [port2])
    const connection = connect(createPortChannel(port1))
    const { client } = connection
    const remember = async (): Promise<void> => {
      this.catalogPath = (await client.workspace.state()).catalog?.path ?? null
    }
    connection.on('workspace.changed', () => void remember().catch(() => undefined))
    // What a host that died had open is opened again before any window asks.
    if (this.catalogPath !== null)
      await client.workspace
        .open({ path: this.catalogPath })
        .catch((thrown: unknown) => this.options.log(String(thrown)))
    return client
  }

  private onHostExit(host: UtilityProcess, code: number): void {
    if (this.host !== host) return
    this.host = null
    for (const answer of this.questions.values()) answer([])
    for (const worker of this.workers.values()) worker.kill()
    this.workers.clear()
    if (this.isClosing) return
    this.options.log(`The host ended with exit code ${code}.`)
    const now = Date.now()
    this.deaths = [...this.deaths.filter((at) => now - at < 60_000), now]
    if (this.deaths.length > maxDeathsPerMinute) {
      this.ready = Promise.reject(new AppError('worker-died', 'Earmark’s host process keeps ending.'))
      this.ready.catch(() => undefined)
      return this.options.onGivenUp()
    }
    this.ready = this.startHost()
    this.ready.catch(() => undefined)
  }

  private hear(message: FromHost): void {
    switch (message.type) {
      case 'launch-worker':
        return this.launchWorker(message.workerId, message.kind)
      case 'kill-worker':
        return void this.workers.get(message.workerId)?.kill()
      case 'running-jobs':
        return this.questions.get(message.questionId)?.(message.titles)
      case 'log':
        return this.options.log(message.line)
    }
  }

  private launchWorker(workerId: number, kind: WorkerKind): void {
    const owner = this.host
    const worker = utilityProcess.fork(this.options.files.worker, [kind], {
      serviceName: `Earmark ${kind}`,
      stdio: 'pipe',
    })
    this.workers.set(workerId, worker)
    this.logOutput(worker, kind)
    const { port1, port2 } = new MessageChannelMain()
    worker.postMessage({ type: 'port' }, [port1])
    this.post({ type: 'worker-launched', workerId }, [port2])
    worker.on('exit', (code) => {
      // A host that was restarted meanwhile counts its workers from 1 again.
      if (this.host !== owner) return
      this.workers.delete(workerId)
      this.post({ type: 'worker-exited', workerId, code })
    })
  }

  private logOutput(process: UtilityProcess, name: string): void {
    for (const stream of [process.stdout, process.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.options.log(`${name}: ${line}`))
  }

  private post(message: ToHost, ports: MessagePortMain[] = []): void {
    this.host?.postMessage(message, ports)
  }
}
