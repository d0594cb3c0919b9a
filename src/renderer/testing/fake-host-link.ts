/** A host for tests: answers the calls it was given, remembers them, and announces events on demand. */
import { ref } from 'vue'
import type { Client, EventName, HostEvents } from '../../shared/contract/contract'
import { AppError } from '../../shared/errors'
import { type HostLink, setHostLink } from '../client'

type Answers = { [N in keyof Client]?: Partial<Client[N]> }

export interface FakeHost {
  link: HostLink
  /** Every call with its input, in order: ['clips.list', {…}]. */
  calls: [string, unknown][]
  announce<N extends EventName>(name: N, payload: HostEvents[N]): void
  reconnect(): void
}

/** Makes a fake host and sets it as the page's. A call without an answer is refused. */
export function installFakeHost(answers: Answers): FakeHost {
  const calls: [string, unknown][] = []
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const reconnectors = new Set<() => void>()
  const client = new Proxy({} as Client, {
    get: (_target, noun) =>
      new Proxy(
        {},
        {
          get:
            (_calls, verb) =>
            async (...parameters: unknown[]) => {
              const name = `${String(noun)}.${String(verb)}`
              calls.push([name, parameters[0]])
              const nouns = answers as Record<
                string,
                Record<string, (...given: unknown[]) => Promise<unknown>> | undefined
              >
              const answer = nouns[String(noun)]?.[String(verb)]
              if (!answer) throw new AppError('not-found', `The fake host has no ${name}.`)
              return answer(...parameters)
            },
        },
      ),
  })
  const link: HostLink = {
    client,
    state: ref('open'),
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener as (payload: never) => void)
      return () => set.delete(listener as (payload: never) => void)
    },
    onReconnect(listener) {
      reconnectors.add(listener)
      return () => reconnectors.delete(listener)
    },
  }
  setHostLink(link)
  return {
    link,
    calls,
    announce: (name, payload) => {
      for (const listener of listeners.get(name) ?? []) listener(payload as never)
    },
    reconnect: () => {
      for (const listener of reconnectors) listener()
    },
  }
}

/** An answer takes this long. */
export const pause = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
