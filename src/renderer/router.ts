import { createRouter, createWebHashHistory } from 'vue-router'
import { useWorkspaceStore } from './stores/workspace'

/** `place` is the name in the rail, `within` the place whose sign there it stands under; `hasSound` keeps the transport at the foot. */
declare module 'vue-router' {
  interface RouteMeta {
    place?: string
    within?: string
    title?: string
    hasSound?: boolean
    needsNoCatalog?: boolean
  }
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
      {
        path: '/library',
        name: 'library',
        component: () => import('./views/LibraryView.vue'),
        meta: { place: 'Library', title: 'Library', hasSound: true },
      },
      {
        path: '/annotate/:clipId?',
        name: 'annotate',
        component: () => import('./views/AnnotateView.vue'),
        meta: { place: 'Annotate', title: 'Annotate', hasSound: true },
      },
      {
        path: '/session/:sessionId?',
        name: 'session',
        component: () => import('./views/SessionView.vue'),
        meta: { place: 'Rate', title: 'Rate', hasSound: true },
      },
      {
        path: '/splits',
        name: 'splits',
        component: () => import('./views/SplitsView.vue'),
        meta: { place: 'Splits', title: 'Splits', hasSound: true },
      },
      {
        path: '/coverage',
        name: 'coverage',
        component: () => import('./views/CoverageView.vue'),
        meta: { place: 'Coverage', title: 'Coverage' },
      },
      {
        path: '/ontology',
        name: 'ontology',
        component: () => import('./views/OntologyView.vue'),
        meta: { place: 'Ontology', title: 'Ontology' },
      },
      {
        path: '/augment',
        name: 'augment',
        component: () => import('./views/AugmentView.vue'),
        meta: { place: 'Augment', title: 'Augment' },
      },
      {
        path: '/train/:runId?',
        name: 'train',
        component: () => import('./views/TrainView.vue'),
        meta: { place: 'Train', title: 'Train' },
      },
      {
        path: '/batches/:runId?',
        name: 'batches',
        component: () => import('./views/BatchesView.vue'),
        meta: { place: 'Batches', title: 'Batches', within: 'train' },
      },
      {
        path: '/evaluate/:runId?',
        name: 'evaluate',
        component: () => import('./views/EvaluateView.vue'),
        meta: { place: 'Evaluate', title: 'Evaluate', hasSound: true },
      },
      {
        path: '/review/:part?',
        name: 'review',
        component: () => import('./views/ReviewView.vue'),
        meta: { place: 'Review', title: 'Review', hasSound: true },
      },
      {
        path: '/snapshots',
        name: 'snapshots',
        component: () => import('./views/SnapshotsView.vue'),
        meta: { place: 'Snapshots', title: 'Snapshots' },
      },
      {
        path: '/export',
        name: 'export',
        component: () => import('./views/ExportView.vue'),
        meta: { place: 'Export', title: 'Export' },
      },
      {
        path: '/settings',
        name: 'settings',
        component: () => import('./views/SettingsView.vue'),
        meta: { place: 'Settings', title: 'Settings', needsNoCatalog: true },
      },
      { path: '/:rest(.*)*', redirect: { name: 'library' } },
    ],
  })
  router.beforeEach(async (to) => {
    const workspace = useWorkspaceStore()
    if (workspace.state === null) await workspace.whenKnown()
    if (!workspace.isOpen && !to.meta.needsNoCatalog) return { name: 'welcome' }
    return true
  })
  // A page that is older than the host asks for a view that has another name now.
  router.onError((error: unknown, to) => {
    const isOld = /dynamically imported module|Importing a module script/.test(String(error))
    // Where the first view is not there, a new page would not have it either.
    if (!isOld || router.currentRoute.value.matched.length === 0) return
    location.hash = `#${to.fullPath}`
    location.reload()
  })
  router.afterEach((to) => {
    document.title = to.meta.title ? `${to.meta.title} – Earmark` : 'Earmark'
  })
  return router
}
