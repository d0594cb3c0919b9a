import { describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import { sayWhyEmpty } from './why-empty'

const classes = [
  { name: 'dog', mid: '/m/0bt9lr' },
  { name: 'Sea waves', mid: null },
]
const say = (text: string): string | undefined => sayWhyEmpty(text, parseClipQuery(text), classes)

describe('why a query finds nothing', () => {
  it('names classes that there are not, once, in whatever case they are written', () => {
    expect(say('label:dgo absent:dgo under:bird fold:2')).toBe(
      'Nothing matches label:dgo absent:dgo under:bird fold:2. There is no class “dgo” or “bird”.',
    )
    expect(say('label:DOG -label:"sea waves" under:/m/0bt9lr')).not.toContain('no class')
    expect(say('proposal:dgo>0.5')).toContain('no class “dgo”')
  })

  it('says nothing of a catalog that is empty itself', () => {
    expect(sayWhyEmpty('', everyClip, classes)).toBeUndefined()
  })
})
