import '@fontsource-variable/figtree'
import '../styles/tokens.css'
import '../styles/base.css'
import '../ui/ui.css'
import './admin.css'
import { tabStorage } from '../browser-storage.ts'
import { startApp } from '../app-context.tsx'
import { BackOffice } from './back-office.tsx'

// A session of staff ends with its tab.
startApp(<BackOffice />, { storage: tabStorage, sessionKey: 'cartwheel.staff' })
