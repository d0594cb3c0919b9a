/** Who is to be thanked for the recordings of an export, and what their licences ask. */
import type { ExportClip } from '../../shared/job/manifest'
import { count } from './export-plan'

const licenceNames = ['licence', 'license', 'licence_url', 'license_url']
const authorNames = ['attribution', 'author', 'creator', 'artist', 'uploader', 'username', 'speaker']
const titleNames = ['title', 'freesound_id', 'url', 'source_url']

interface Credit {
  recording: string
  licence: string
  author: string
  title: string
}

function valueOf(clip: ExportClip, names: readonly string[]): string {
  for (const [name, value] of Object.entries(clip.source))
    if (names.includes(name.toLowerCase()) && value.trim() !== '') return value.trim().replace(/\s+/g, ' ')
  return ''
}

function creditsOf(clips: readonly ExportClip[]): Credit[] {
  const credits = new Map<string, Credit>()
  for (const clip of clips) {
    if (credits.has(clip.path)) continue
    credits.set(clip.path, {
      recording: clip.recordingPath,
      licence: valueOf(clip, licenceNames),
      author: valueOf(clip, authorNames),
      title: valueOf(clip, titleNames),
    })
  }
  return [...credits.values()].sort((a, b) => (a.recording < b.recording ? -1 : 1))
}

const isNonCommercial = (licence: string): boolean => /\bby-nc|[- ]nc\b|non-?commercial/i.test(licence)
const isShareAlike = (licence: string): boolean => /[- ]sa\b|share-?alike/i.test(licence)
const isNoDerivatives = (licence: string): boolean => /[- ]nd\b|no-?deriv/i.test(licence)
const isSampling = (licence: string): boolean => /sampling\+?/i.test(licence)

function warnAbout(credits: readonly Credit[]): string[] {
  const matching = (test: (licence: string) => boolean): number => credits.filter(({ licence }) => test(licence)).length
  const missing = matching((licence) => licence === '')
  const nonCommercial = matching(isNonCommercial)
  const shareAlike = matching(isShareAlike)
  const noDerivatives = matching(isNoDerivatives)
  const sampling = matching(isSampling)
  const free = credits.length - missing - nonCommercial
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

/** The text of `CREDITS.txt` and the warnings at its head, from the licence and attribution in the clips' metadata. */
export function writeCredits(clips: readonly ExportClip[]): { text: string; warnings: string[] } {
  const credits = creditsOf(clips)
  const warnings = warnAbout(credits)
  const byLicence = new Map<string, Credit[]>()
  for (const credit of credits) {
    const same = byLicence.get(credit.licence)
    if (same) same.push(credit)
    else byLicence.set(credit.licence, [credit])
  }
  const sections = [...byLicence]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, same]) =>
      [
        `${licence === '' ? 'Licence unknown' : licence} (${count(same.length, 'recording')})`,
        ...same.map(({ recording, author, title }) =>
          [`  ${recording}`, ...(author === '' ? [] : [author]), ...(title === '' ? [] : [title])].join(' – '),
        ),
      ].join('\n'),
    )
  const head = ['Recordings of this dataset, by licence.', ...warnings.map((warning) => `! ${warning}`)].join('\n')
  return { text: `${[head, ...sections].join('\n\n')}\n`, warnings }
}
