import { euros } from '#shared/money.ts'
import type { ProductDetails } from '#services/catalog/domain/product.ts'

interface SampleProduct {
  readonly details: ProductDetails
  /** Pieces in stock after the first seed. */
  readonly stock: number
}

const withStock = (stock: number, details: ProductDetails): SampleProduct => ({ details, stock })

/** The sample products: six categories, a wide range of prices, some products with little stock. */
export const sampleProducts: readonly SampleProduct[] = [
  withStock(120, {
    sku: 'MUG-STONE-350',
    name: 'Stoneware Mug, 350 ml',
    description:
      'A stoneware mug, thrown by hand from speckled clay and fired twice. The wide foot stands firmly on a desk, and the glaze is safe in the dishwasher.',
    category: 'coffee',
    tags: ['ceramic', 'handmade', 'dishwasher-safe'],
    price: euros(1850),
  }),
  withStock(40, {
    sku: 'POUROVER-SET-2',
    name: 'Pour-Over Set for Two',
    description:
      'A glass carafe with an oak collar and a steel filter that needs no paper. It makes two cups of coffee in four minutes.',
    category: 'coffee',
    tags: ['glass', 'oak', 'reusable'],
    price: euros(4490),
  }),
  withStock(25, {
    sku: 'GRINDER-HAND-38',
    name: 'Hand Grinder with Steel Burrs',
    description:
      'Steel burrs of 38 mm on two bearings grind an even dose in under a minute. The body opens without tools for cleaning, and the crank folds flat for travel.',
    category: 'coffee',
    tags: ['steel', 'travel', 'repairable'],
    price: euros(8900),
  }),
  withStock(35, {
    sku: 'PAN-IRON-26',
    name: 'Cast Iron Pan, 26 cm',
    description:
      'A cast iron pan, milled smooth and seasoned with linseed oil. A second handle helps to lift it when it is full. It works on every hob, including induction.',
    category: 'kitchen',
    tags: ['cast-iron', 'induction', 'lifetime'],
    price: euros(6900),
  }),
  withStock(60, {
    sku: 'KNIFE-PARING-9',
    name: 'Paring Knife, 9 cm',
    description:
      'A small knife of carbon steel that is easy to sharpen and stays sharp for a long time. The handle is plum wood. The blade darkens with use and must be dried after washing.',
    category: 'kitchen',
    tags: ['carbon-steel', 'wood'],
    price: euros(3250),
  }),
  withStock(90, {
    sku: 'BOARD-OAK-L',
    name: 'Oak Cutting Board, Large',
    description:
      'A board of end-grain oak with a groove that collects juice. Oil it twice a year to keep the wood in good condition.',
    category: 'kitchen',
    tags: ['oak', 'wood', 'handmade'],
    price: euros(5400),
  }),
  withStock(200, {
    sku: 'TOWEL-LINEN-3',
    name: 'Linen Tea Towels, Set of 3',
    description:
      'Three tea towels of washed linen with stripes. They dry glasses without fluff and dry quickly themselves.',
    category: 'kitchen',
    tags: ['linen', 'set'],
    price: euros(2400),
  }),
  withStock(30, {
    sku: 'LAMP-READ-BRASS',
    name: 'Reading Lamp in Brass',
    description:
      'A reading lamp with one hinge, one switch and a warm light that does not dazzle. The LED and the cable can be replaced.',
    category: 'home',
    tags: ['brass', 'led', 'repairable'],
    price: euros(12900),
  }),
  withStock(45, {
    sku: 'BLANKET-WOOL-140',
    name: 'Wool Blanket, 140 × 200 cm',
    description: 'A blanket of undyed wool from mountain sheep. It is rough at first and becomes softer with use.',
    category: 'home',
    tags: ['wool', 'undyed'],
    price: euros(9800),
  }),
  withStock(80, {
    sku: 'CLOCK-WALL-30',
    name: 'Wall Clock, 30 cm',
    description:
      'A wall clock with large numbers and hands that move without ticking. One battery lasts for about two years.',
    category: 'home',
    tags: ['silent', 'wall'],
    price: euros(3900),
  }),
  withStock(300, {
    sku: 'NOTEBOOK-A5-GRID',
    name: 'Notebook A5, Grid',
    description:
      'A notebook of 160 pages on paper that is made for fountain pens. The pages are sewn, so it lies flat, and the grid is light gray.',
    category: 'stationery',
    tags: ['paper', 'fountain-pen', 'a5'],
    price: euros(1490),
  }),
  withStock(500, {
    sku: 'PENCIL-CEDAR-12',
    name: 'Cedar Pencils, Box of 12',
    description: 'Twelve soft, dark pencils made from cedar offcuts. A small brass sharpener is included.',
    category: 'stationery',
    tags: ['cedar', 'set'],
    price: euros(890),
  }),
  withStock(55, {
    sku: 'PEN-FOUNTAIN-F',
    name: 'Fountain Pen, Fine Nib',
    description:
      'A fountain pen with a fine steel nib and a window that shows the ink level. The piston fills from any bottle of ink, and every part is sold separately.',
    category: 'stationery',
    tags: ['fountain-pen', 'repairable'],
    price: euros(5900),
  }),
  withStock(70, {
    sku: 'TOTE-CANVAS-18',
    name: 'Canvas Tote, 18 l',
    description:
      'A bag of waxed canvas with long straps, a pocket for keys and a bottom that stands by itself. It carries a week of groceries.',
    category: 'bags',
    tags: ['canvas', 'waxed'],
    price: euros(3600),
  }),
  withStock(20, {
    sku: 'BACKPACK-ROLL-22',
    name: 'Roll-Top Backpack, 22 l',
    description:
      'A waterproof backpack with welded seams and a padded sleeve for a laptop. The roll top makes it smaller for a day and larger for a weekend.',
    category: 'bags',
    tags: ['waterproof', 'laptop', 'travel'],
    price: euros(11900),
  }),
  withStock(65, {
    sku: 'FLASK-STEEL-750',
    name: 'Insulated Flask, 750 ml',
    description:
      'A flask of steel that keeps tea hot for 12 hours and water cold for 24. The lid has two parts, which can be taken apart for washing.',
    category: 'outdoor',
    tags: ['steel', 'insulated', 'travel'],
    price: euros(2900),
  }),
  withStock(8, {
    sku: 'TENT-TRAIL-2',
    name: 'Trail Tent for Two',
    description:
      'A tent for two people with two doors and two porches. It weighs 1.9 kg with its pegs. The outer tent is pitched first, so the inside stays dry in the rain.',
    category: 'outdoor',
    tags: ['camping', 'lightweight'],
    price: euros(34900),
  }),
  withStock(110, {
    sku: 'LANTERN-CAMP-USB',
    name: 'Camp Lantern, Rechargeable',
    description:
      'A lantern with a warm light for the table or the tent, dimmed by turning it. It runs for 40 hours at the lowest level and can charge a phone.',
    category: 'outdoor',
    tags: ['led', 'camping', 'rechargeable'],
    price: euros(4200),
  }),
]
