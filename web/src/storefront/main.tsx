import '@fontsource-variable/figtree'
import '../styles/tokens.css'
import '../styles/base.css'
import '../ui/ui.css'
import './storefront.css'
import { sharedStorage } from '../browser-storage.ts'
import { startApp } from '../app-context.tsx'
import { Storefront } from './storefront.tsx'

startApp(<Storefront />, { storage: sharedStorage, sessionKey: 'cartwheel.session' })
