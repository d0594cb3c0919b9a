import { launchHeadless } from './launch-headless'
import { connectToHost } from './rpc'

/**
 * Draws segments of 60 to 300 ms on a catalog's first clip, one every `everySeconds`, in three tiers by turns, every other one
 * with bounds, two in three labeled.
 */
export async function drawDensely(
  catalog: string,
  userFolder: string,
  { count, everySeconds }: { count: number; everySeconds: number },
): Promise<void> {
  const host = await launchHeadless({ catalog, userFolder })
  const { client, close } = await connectToHost(host.url)
  const [clipId] = await client.clips.ids({ query: {} })
  const classIds = (await client.ontology.list()).map(({ id }) => id)
  for (let number = 0; number < count; number++) {
    const startSeconds = 0.02 + number * everySeconds
    await client.annotations.create({
      clipId: clipId!,
      startSeconds,
      endSeconds: startSeconds + 0.06 + (number % 5) * 0.06,
      ...(number % 2 === 0 ? {} : { lowHz: 200 * (1 + (number % 12)), highHz: 1000 * (2 + (number % 12)) }),
      tier: ['human', 'model', 'reviewer'][number % 3]!,
      classIds: number % 3 === 2 ? [] : [classIds[number % classIds.length]!],
    })
  }
  close()
  await host.close()
}
