import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import { useWorkspaceStore } from './stores/workspace'

/** `place` is the name in the rail; `hasSound` keeps the transport at the foot. */
declare module 'vue-router' {
  interface RouteMeta {
    place?: string
    title?: string
    hasSound?: boolean
    needsNoCatalog?: boolean
  }
}

const views = import.meta.glob('./views/*View.vue')

function place(name: string, path: string, options: { hasSound?: boolean; needsNoCatalog?: boolean } = {}) {
  const title = name[0]!.toUpperCase() + name.slice(1)
  const component = views[`./views/${title}View.vue`]
  return component ? [{ path, name, component, meta: { place: title, title, ...options } } as RouteRecordRaw] : []
}

// The page is served from a file-like origin by one door and over HTTP by the other: the hash works on both.
export function makeRouter() {
  const router = createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', redirect: { name: 'library' } },
      {
        path: '/welcome',
        name: 'welcome',
        component: () => import('./views/WelcomeView.vue'),
        meta: { title: 'Welcome', needsNoCatalog: true },
      },
      ...place('library', '/library', { hasSound: true }),
      ...place('annotate', '/annotate/:clipId?', { hasSound: true }),
      ...place('train', '/train/:runId?'),
      ...place('evaluate', '/evaluate/:runId?', { hasSound: true }),
      ...place('export', '/export'),
      ...place('settings', '/settings', { needsNoCatalog: true }),
      { path: '/:rest(.*)*', redirect: { name: 'library' } },
    ],
  })
  router.beforeEach(async (to) => {
    const workspace = useWorkspaceStore()
    if (workspace.state === null) await workspace.whenKnown()
    if (!workspace.isOpen && !to.meta.needsNoCatalog) return { name: 'welcome' }
    return true
  })
  router.afterEach((to) => {
    document.title = to.meta.title ? `${to.meta.title} – Earmark` : 'Earmark'
  })
  return router
}
