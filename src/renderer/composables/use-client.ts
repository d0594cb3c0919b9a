import { getCurrentScope, onScopeDispose } from 'vue'
import type { Client, EventName, HostEvents } from '../../shared/contract/contract'
import { hostLink } from '../client'

/** The typed calls of the contract: `await useClient().clips.list({ … })`. Errors are AppErrors. */
export function useClient(): Client {
  return hostLink().client
}

/** Hears a host event until the component (or store) goes. */
export function useHostEvent<N extends EventName>(name: N, listener: (payload: HostEvents[N]) => void): void {
  const stop = hostLink().on(name, listener)
  if (getCurrentScope()) onScopeDispose(stop)
}

/** Runs `load` now, after each reconnection, and whenever one of the events is announced. */
export function useMirrored(load: () => unknown, events: EventName[] = []): void {
  for (const name of events) useHostEvent(name, () => void load())
  const stop = hostLink().onReconnect(() => void load())
  if (getCurrentScope()) onScopeDispose(stop)
  void load()
}
