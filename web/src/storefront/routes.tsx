import { lazy, type ComponentType } from 'react'
import { Route, Switch } from 'wouter'
import { HomePage } from './pages/home.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { ProductPage } from './pages/product.tsx'
import { ProductsPage } from './pages/products.tsx'

/** A page that is loaded when it is visited first. */
const page = (load: () => Promise<{ default: ComponentType }>) => lazy(load)

const CartPage = page(() => import('./pages/cart.tsx'))
const CheckoutPage = page(() => import('./pages/checkout.tsx'))
const LegalPage = page(() => import('./pages/legal.tsx'))
const SignInPage = page(() => import('./pages/sign-in.tsx'))
const SignUpPage = page(() => import('./pages/sign-up.tsx'))
const ForgotPasswordPage = page(() => import('./pages/forgot-password.tsx'))
const AccountPage = page(() => import('./pages/account.tsx'))
const OrdersPage = page(() => import('./pages/orders.tsx'))
const OrderPage = page(() => import('./pages/order.tsx'))

export const Routes = () => (
  <Switch>
    <Route path="/" component={HomePage} />
    <Route path="/products" component={ProductsPage} />
    <Route path="/products/:productId" component={ProductPage} />
    <Route path="/cart" component={CartPage} />
    <Route path="/checkout" component={CheckoutPage} />
    <Route path="/terms" component={LegalPage} />
    <Route path="/privacy" component={LegalPage} />
    <Route path="/returns" component={LegalPage} />
    <Route path="/sign-in" component={SignInPage} />
    <Route path="/sign-up" component={SignUpPage} />
    <Route path="/forgot-password" component={ForgotPasswordPage} />
    <Route path="/account" component={AccountPage} />
    <Route path="/orders" component={OrdersPage} />
    <Route path="/orders/:orderId" component={OrderPage} />
    <Route component={NotFoundPage} />
  </Switch>
)
