/** A host for tests of the page: the calls a test gives, every call it heard, and a way to announce events. */
import { ref } from 'vue'
import { type HostLink, setHostLink } from '../client'
import type { Client, EventName, HostEvents } from '../../shared/contract/contract'
import { AppError } from '../../shared/errors'

export interface FakeHost {
  /** Every call as ["clips.list", input]. */
  heard: [name: string, input: unknown][]
  announce<N extends EventName>(name: N, payload: HostEvents[N]): void
}

type Answers = Record<string, (input: never) => unknown>

/** Installs the fake; a call that has no answer is refused by name. */
export function installFakeHost(answers: Answers): FakeHost {
  const heard: [string, unknown][] = []
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const client = new Proxy({} as Client, {
    get: (_nouns, noun) =>
      new Proxy(
        {},
        {
          get: (_verbs, verb) => async (input: unknown) => {
            const name = `${String(noun)}.${String(verb)}`
            // What crosses to the host is a copy: a reactive view would not survive a MessagePort.
            const copy: unknown = input === undefined ? undefined : structuredClone(input)
            heard.push([name, copy])
            const answer = answers[name]
            if (!answer) throw new AppError('internal', `The test gave no answer for ${name}.`)
            return structuredClone(await answer(copy as never))
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
    onReconnect: () => () => undefined,
  }
  setHostLink(link)
  return {
    heard,
    announce(name, payload) {
      for (const listener of listeners.get(name) ?? []) listener(payload as never)
    },
  }
}
