import { describe, expect, it } from 'vitest'
import { defaultExportOptions, type ExportClip } from '../../shared/job/manifest'
import { exporters, findExporter } from './exporter'
import { refuseClip } from './refuse-clip'
import { describeUnknown, unknownOf } from './unknown-labels'

const clip: ExportClip = {
  id: 'a',
  path: '/a.wav',
  contentHash: null,
  startSeconds: 0,
  endSeconds: 1,
  recordingPath: 'a.wav',
  recordingSeconds: 1,
  fold: '1',
  split: null,
  isFullyAnnotated: false,
  note: '',
  group: null,
  labels: [{ className: 'dog', classCode: 0, mid: null, state: 'present' }],
  annotations: [],
  source: {},
}
const leaveOut = { ...defaultExportOptions, unknown: 'leave-out' } as const

describe('what formats make of unknown', () => {
  it('is that they tell it, write a number, or are silent', () => {
    const of = Object.groupBy(exporters, unknownOf)
    const ids = (support: 'kept' | 'number' | 'silent') => of[support]!.map(({ id }) => id)
    expect(ids('number')).toEqual(['tfrecord-waveform', 'tfrecord-logmel', 'npz'])
    expect(ids('kept')).toEqual(expect.arrayContaining(['audio-folder-csv', 'webdataset', 'jams', 'aoef', 'table']))
    expect(ids('silent')).toEqual(
      expect.arrayContaining(['esc50', 'audioset-csv', 'desed', 'kaldi', 'folder', 'raven']),
    )
  })

  it('leaves out, where asked, clips on which anything may be unknown, but not where the format tells it', () => {
    for (const exporter of exporters) {
      const support = unknownOf(exporter)
      if (exporter.accept(clip) !== null) continue
      expect(refuseClip(exporter, clip, defaultExportOptions), exporter.id).toBeNull()
      const reason = refuseClip(exporter, clip, leaveOut)
      if (support === 'kept') expect(reason, exporter.id).toBeNull()
      else expect(reason, exporter.id).toMatch(/not fully annotated/)
      expect(refuseClip(exporter, { ...clip, isFullyAnnotated: true }, leaveOut), exporter.id).toBeNull()
    }
  })

  it('is said in the report by what was chosen', () => {
    const esc50 = findExporter('esc50')
    expect(describeUnknown(esc50, defaultExportOptions, 2)).toEqual([expect.stringMatching(/absent, also on 2 clips/)])
    expect(describeUnknown(esc50, defaultExportOptions, 0)).toEqual([])
    expect(describeUnknown(esc50, leaveOut, 0)).toEqual([expect.stringMatching(/left out/)])
    expect(describeUnknown(findExporter('jams'), leaveOut, 3)).toEqual([])
  })
})
