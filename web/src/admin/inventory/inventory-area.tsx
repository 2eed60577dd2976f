import { Route, Switch } from 'wouter'
import { StockList } from './stock-list.tsx'
import { StockPage } from './stock-page.tsx'
import './inventory.css'

export default function InventoryArea() {
  return (
    <Switch>
      <Route path="/" component={StockList} />
      <Route path="/:sku">{({ sku }) => <StockPage key={sku} sku={sku} />}</Route>
    </Switch>
  )
}
