import { lazy, type ComponentType } from 'react'
import { Route, Switch } from 'wouter'
import { HomePage } from './pages/home.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { ProductPage } from './pages/product.tsx'
import { ProductsPage } from './pages/products.tsx'

/** A page that is loaded when it is visited first. */
const page = (load: () => Promise<{ default: ComponentType }>) => lazy(load)

const LegalPage = page(() => import('./pages/legal.tsx'))

export const Routes = () => (
  <Switch>
    <Route path="/" component={HomePage} />
    <Route path="/products" component={ProductsPage} />
    <Route path="/products/:productId" component={ProductPage} />
    <Route path="/terms" component={LegalPage} />
    <Route path="/privacy" component={LegalPage} />
    <Route path="/returns" component={LegalPage} />
    <Route component={NotFoundPage} />
  </Switch>
)
