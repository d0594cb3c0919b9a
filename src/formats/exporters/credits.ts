/** Who is to be thanked for the recordings of an export, and what their licences ask. */
import type { ClipList, ExportClip } from '../../shared/job/manifest'
import { again, count, type PlannedFile } from './export-plan'
import { inPieces } from './plan-parts'
import { TextNumbers } from './text-numbers'

const licenceNames = ['licence', 'license', 'licence_url', 'license_url']
const authorNames = ['attribution', 'author', 'creator', 'artist', 'uploader', 'username', 'speaker']
const titleNames = ['title', 'freesound_id', 'url', 'source_url']

function valueOf(clip: ExportClip, names: readonly string[]): string {
  for (const [name, value] of Object.entries(clip.source))
    if (names.includes(name.toLowerCase()) && value.trim() !== '') return value.trim().replace(/\s+/g, ' ')
  return ''
}

/** By licence the places of the first exported clip of each recording. */
function sortByLicence(clips: ClipList, failed: ReadonlySet<string>): [string, number[]][] {
  const seen = new TextNumbers()
  const places = new Map<string, number[]>()
  let place = -1
  for (const clip of clips) {
    place++
    if (failed.has(clip.id) || seen.get(clip.path) !== undefined) continue
    seen.set(clip.path, 1)
    const licence = valueOf(clip, licenceNames)
    const same = places.get(licence)
    if (same) same.push(place)
    else places.set(licence, [place])
  }
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1))
}

const isNonCommercial = (licence: string): boolean => /\bby-nc|[- ]nc\b|non-?commercial/i.test(licence)
const isShareAlike = (licence: string): boolean => /[- ]sa\b|share-?alike/i.test(licence)
const isNoDerivatives = (licence: string): boolean => /[- ]nd\b|no-?deriv/i.test(licence)
const isSampling = (licence: string): boolean => /sampling\+?/i.test(licence)

function warnAbout(byLicence: readonly [string, number[]][]): string[] {
  const matching = (test: (licence: string) => boolean): number =>
    byLicence.reduce((sum, [licence, places]) => sum + (test(licence) ? places.length : 0), 0)
  const missing = matching((licence) => licence === '')
  const nonCommercial = matching(isNonCommercial)
  const shareAlike = matching(isShareAlike)
  const noDerivatives = matching(isNoDerivatives)
  const sampling = matching(isSampling)
  const free = matching(() => true) - missing - nonCommercial
  return [
    ...(missing > 0 ? [`No licence is known of ${count(missing, 'recording')}; ask before passing them on.`] : []),
    ...(nonCommercial > 0
      ? [
          `Not for commercial use: ${count(nonCommercial, 'recording')}` +
            (free > 0
              ? `, among ${count(free, 'recording')} without that condition; it binds the set as a whole.`
              : '.'),
        ]
      : []),
    ...(shareAlike > 0
      ? [`To be shared alike: ${count(shareAlike, 'recording')}; what is made of them keeps their licence.`]
      : []),
    ...(noDerivatives > 0
      ? [`Not to be changed: ${count(noDerivatives, 'recording')}; clips cut from them are changes.`]
      : []),
    ...(sampling > 0 ? [`Under a Sampling licence, which is retired: ${count(sampling, 'recording')}.`] : []),
  ]
}

/**
 * `CREDITS.txt` and the warnings at its head, from the licence and attribution in the clips' metadata: recordings by
 * licence, in the order of the export.
 */
export function writeCredits(
  clips: ClipList,
  failed: ReadonlySet<string>,
): { files: Iterable<PlannedFile>; warnings: string[] } {
  const byLicence = sortByLicence(clips, failed)
  const warnings = warnAbout(byLicence)
  function* lines(): Generator<string> {
    yield 'Recordings of this dataset, by licence.'
    for (const warning of warnings) yield `! ${warning}`
    for (const [licence, places] of byLicence) {
      yield ''
      yield `${licence === '' ? 'Licence unknown' : licence} (${count(places.length, 'recording')})`
      for (const place of places) {
        const clip = clips.at(place)!
        const who = [valueOf(clip, authorNames), valueOf(clip, titleNames)].filter((text) => text !== '')
        yield [`  ${clip.recordingPath}`, ...who].join(' – ')
      }
    }
  }
  return { files: again(() => inPieces('CREDITS.txt', lines())), warnings }
}
