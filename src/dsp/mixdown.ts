import type { ChannelChoice } from './recipe'

/**
 * One channel out of many: their mean, or the one at an index from 0. Always a new array.
 * Throws RangeError where there is no such channel or the channels differ in length.
 */
export function mixDown(channels: readonly Float32Array[], choice: ChannelChoice): Float32Array {
  const first = channels[0]
  if (!first) throw new RangeError('there are no channels to mix')
  if (channels.some((channel) => channel.length !== first.length)) throw new RangeError('channels differ in length')
  if (choice !== 'mean') {
    const chosen = channels[choice]
    if (!chosen) throw new RangeError(`there is no channel ${choice}: there are ${channels.length}`)
    return chosen.slice()
  }
  if (channels.length === 1) return first.slice()
  const mixed = new Float32Array(first.length)
  const scale = 1 / channels.length
  const second = channels[1]!
  if (channels.length === 2) {
    for (let i = 0; i < mixed.length; i++) mixed[i] = (first[i]! + second[i]!) * scale
    return mixed
  }
  for (let i = 0; i < mixed.length; i++) {
    let sum = 0
    for (const channel of channels) sum += channel[i]!
    mixed[i] = sum * scale
  }
  return mixed
}
