import { protocol } from 'electron'
import { respond, type Served } from '../door/respond'
import { securityHeaders } from '../door/security-headers'
import { isOwnAddress, scheme } from './origin'

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ])
}

/** Answers earmark://app/…: files of the built page, and clips' sound by id, with ranges. Never a path of the disk. */
export function serveScheme(served: Served): void {
  protocol.handle(scheme, (request) => {
    if (isOwnAddress(request.url)) return respond(request, served)
    return new Response('Not found.', { status: 404, headers: securityHeaders })
  })
}
