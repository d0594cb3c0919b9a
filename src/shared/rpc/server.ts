import type { z } from 'zod'
import { type CallContext, contract, type EventName, type Handlers, type HostEvents } from '../contract/contract'
import { AppError, toAppError } from '../errors'
import type { Channel } from './channel'

export interface ServeOptions {
  handlers: Handlers
  /** Who edits through this channel, asked at each call. */
  author(): string
  /** Hears faults that are ours (code 'internal'), with the call's name. */
  onFault?(name: string, error: AppError): void
}

/** Pushes an event to the window at the other end. */
export type Announce = <N extends EventName>(name: N, payload: HostEvents[N]) => void

type AnyHandler = (input: unknown, context: CallContext) => unknown

/**
 * Answers the calls of one channel: finds the handler, checks the input, maps what is thrown.
 * @returns how to announce events over this channel.
 */
export function serve(channel: Channel, options: ServeOptions): Announce {
  const running = new Map<number, AbortController>()

  const answer = async (id: number, name: string, input: unknown): Promise<void> => {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const { definition, handler } = find(options.handlers, name)
      const checked = definition.input.safeParse(input)
      if (!checked.success) throw describe(name, checked.error)
      const output = await handler(checked.data, { author: options.author(), signal: controller.signal })
      channel.send({ kind: 'result', id, output })
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.code === 'internal') options.onFault?.(name, error)
      channel.send({ kind: 'error', id, error: error.toData() })
    } finally {
      running.delete(id)
    }
  }

  channel.listen({
    onFrame(frame) {
      if (frame.kind === 'call') void answer(frame.id, frame.name, frame.input)
      else if (frame.kind === 'cancel') running.get(frame.id)?.abort()
    },
    onClose() {
      for (const controller of running.values()) controller.abort()
    },
  })
  return (name, payload) => channel.send({ kind: 'event', name, payload })
}

function find(handlers: Handlers, name: string): { definition: { input: z.ZodType }; handler: AnyHandler } {
  const [noun, verb, ...rest] = String(name).split('.')
  const definitions = contract as unknown as Record<string, Record<string, { input: z.ZodType }>>
  const functions = handlers as unknown as Record<string, Record<string, AnyHandler>>
  if (noun && verb && rest.length === 0 && Object.hasOwn(definitions, noun) && Object.hasOwn(definitions[noun]!, verb))
    return { definition: definitions[noun]![verb]!, handler: functions[noun]![verb]! }
  throw new AppError('invalid-argument', `There is no call named ${JSON.stringify(name)}.`)
}

function describe(name: string, error: z.ZodError): AppError {
  const issue = error.issues[0]!
  const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  return new AppError('invalid-argument', `${name}: ${where}${issue.message}`)
}
