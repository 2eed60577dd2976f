import '@fontsource-variable/figtree'
import '../styles/tokens.css'
import '../styles/base.css'
import '../ui/ui.css'
import './admin.css'
import { startApp } from '../app-context.tsx'
import { BackOffice } from './back-office.tsx'

// A session of staff ends with its tab.
await startApp(<BackOffice />, { storage: sessionStorage, sessionKey: 'cartwheel.staff' })
