/**
 * The host in its utility process. Main starts it, hands it a port for each window, and forks workers
 * on its request; the contract itself never passes through main.
 */
import type { MessagePortMain } from 'electron'
import { createPortChannel } from '../../shared/rpc/message-port'
import { createHost, type Host } from '../host/host'
import type { FromHost, ToHost } from './host-messages'
import { createPortLauncher } from './port-launcher'

const parent = process.parentPort
const tell = (message: FromHost): void => parent.postMessage(message)
const log = (line: string): void => tell({ type: 'log', line })
const launcher = createPortLauncher(tell)
let host: Host | null = null

parent.on('message', (event: { data: unknown; ports: MessagePortMain[] }) => {
  void hear(event.data as ToHost, event.ports[0]).catch((thrown: unknown) => {
    log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
  })
})

async function hear(message: ToHost, port: MessagePortMain | undefined): Promise<void> {
  switch (message.type) {
    case 'start': {
      const { version, userFolder, documentsFolder } = message
      host = createHost({ kind: 'desktop', version, userFolder, documentsFolder, launchWorker: launcher.launch, log })
      return
    }
    case 'connect':
      if (host && port) host.connect(createPortChannel(port))
      return
    case 'worker-launched':
      if (port) launcher.onLaunched(message.workerId, port)
      return
    case 'worker-exited':
      return launcher.onExited(message.workerId, message.code)
    case 'ask-running-jobs':
      return tell({ type: 'running-jobs', questionId: message.questionId, titles: host?.runningJobs() ?? [] })
    case 'close':
      await host?.close()
      process.exit(0)
  }
}
