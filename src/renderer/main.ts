import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { z } from 'zod'
import App from './App.vue'
import { createHostLink, openChannel, setHostLink } from './client'
import { useToaster } from './composables/use-toaster'
import { makeRouter } from './router'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'

// The content security policy forbids eval, which zod's fast path is made of.
z.config({ jitless: true })

setHostLink(createHostLink(openChannel))

const app = createApp(App)
app.config.errorHandler = (thrown, _instance, info) => useToaster().error(thrown, `Something went wrong (${info})`)
app.use(createPinia())
app.use(makeRouter())
app.mount('#app')
