import { Route, Switch } from 'wouter'
import { NewProductPage } from './new-product-page.tsx'
import { ProductList } from './product-list.tsx'
import { ProductPage } from './product-page.tsx'
import './products.css'

export default function ProductsArea() {
  return (
    <Switch>
      <Route path="/" component={ProductList} />
      {/* Of two parts: a product may have the id `new`. */}
      <Route path="/new/product" component={NewProductPage} />
      <Route path="/:productId">{({ productId }) => <ProductPage key={productId} productId={productId} />}</Route>
    </Switch>
  )
}
