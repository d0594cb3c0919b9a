import { expect, it } from 'vitest'
import { parseClipQuery } from './clip-query'
import { admitsFold } from './facets'

it.each([
  ['', ['1', '2', '3']],
  ['label:dog fold:1,3', ['1', '3']],
  ['-fold:2', ['1', '3']],
  ['fold:1,2 -fold:1', ['2']],
  ['no:fold', []],
])('knows which folds %j admits', (text, admitted) => {
  const query = parseClipQuery(text)
  expect(['1', '2', '3'].filter((fold) => admitsFold(query, fold))).toEqual(admitted)
})
