import { euros } from '#shared/money.ts'
import type { ProductDetails } from '#services/catalog/domain/product.ts'

export interface SampleProduct {
  readonly details: ProductDetails
  /** Pieces in stock after the first seed. */
  readonly stock: number
}

/** The sample products: six categories, a wide range of prices, some products with little stock. */
export const sampleProducts: readonly SampleProduct[] = [
  {
    stock: 120,
    details: {
      sku: 'MUG-STONE-350',
      name: 'Stoneware Mug, 350 ml',
      description:
        'Thrown by hand from speckled clay and fired twice, so the glaze survives the dishwasher. Wide enough at the foot to stand on a crowded desk without drama.',
      category: 'coffee',
      tags: ['ceramic', 'handmade', 'dishwasher-safe'],
      price: euros(1850),
    },
  },
  {
    stock: 40,
    details: {
      sku: 'POUROVER-SET-2',
      name: 'Pour-Over Set for Two',
      description:
        'A glass carafe, an oak collar and a steel filter that needs no paper. Makes two honest cups in four minutes and leaves nothing for the bin but grounds.',
      category: 'coffee',
      tags: ['glass', 'oak', 'reusable'],
      price: euros(4490),
    },
  },
  {
    stock: 25,
    details: {
      sku: 'GRINDER-HAND-38',
      name: 'Hand Grinder with Steel Burrs',
      description:
        'Thirty-eight millimetre burrs on two bearings grind an even dose in under a minute. The body unscrews without tools, and the crank folds flat for the rucksack.',
      category: 'coffee',
      tags: ['steel', 'travel', 'repairable'],
      price: euros(8900),
    },
  },
  {
    stock: 35,
    details: {
      sku: 'PAN-IRON-26',
      name: 'Cast Iron Pan, 26 cm',
      description:
        'Milled smooth and seasoned with linseed oil before it leaves the foundry. Heavy where it should be, with a second handle for when it is full. Works on every hob, induction included.',
      category: 'kitchen',
      tags: ['cast-iron', 'induction', 'lifetime'],
      price: euros(6900),
    },
  },
  {
    stock: 60,
    details: {
      sku: 'KNIFE-PARING-9',
      name: 'Paring Knife, 9 cm',
      description:
        'Carbon steel that takes an edge in a few strokes and keeps it through a crate of apples. The plum-wood handle darkens with use; the blade will too, if you let it.',
      category: 'kitchen',
      tags: ['carbon-steel', 'wood'],
      price: euros(3250),
    },
  },
  {
    stock: 90,
    details: {
      sku: 'BOARD-OAK-L',
      name: 'Oak Cutting Board, Large',
      description:
        'End-grain oak with a groove that holds the juice of a roast. Oil it twice a year and it will outlast the kitchen it lives in.',
      category: 'kitchen',
      tags: ['oak', 'wood', 'handmade'],
      price: euros(5400),
    },
  },
  {
    stock: 200,
    details: {
      sku: 'TOWEL-LINEN-3',
      name: 'Linen Tea Towels, Set of 3',
      description:
        'Washed linen that dries a wine glass without fluff and is itself dry by dinner. Three quiet stripes, so that everybody knows which one is for hands.',
      category: 'kitchen',
      tags: ['linen', 'set'],
      price: euros(2400),
    },
  },
  {
    stock: 30,
    details: {
      sku: 'LAMP-READ-BRASS',
      name: 'Reading Lamp in Brass',
      description:
        'One hinge, one switch and a warm light that falls on the page and not in the eyes. The LED can be changed with a coin, as can the cable.',
      category: 'home',
      tags: ['brass', 'led', 'repairable'],
      price: euros(12900),
    },
  },
  {
    stock: 45,
    details: {
      sku: 'BLANKET-WOOL-140',
      name: 'Wool Blanket, 140 × 200 cm',
      description:
        'Woven from the wool of mountain sheep in the color they grew it. Scratchy for a week, soft for twenty years.',
      category: 'home',
      tags: ['wool', 'undyed'],
      price: euros(9800),
    },
  },
  {
    stock: 80,
    details: {
      sku: 'CLOCK-WALL-30',
      name: 'Wall Clock, 30 cm',
      description:
        'Numbers you can read from the far end of the kitchen and hands that sweep in silence. One battery lasts about two years.',
      category: 'home',
      tags: ['silent', 'wall'],
      price: euros(3900),
    },
  },
  {
    stock: 300,
    details: {
      sku: 'NOTEBOOK-A5-GRID',
      name: 'Notebook A5, Grid',
      description:
        'A hundred and sixty pages of paper that forgives fountain pens, sewn to lie flat at every one of them. The grid is gray enough to vanish when you draw.',
      category: 'stationery',
      tags: ['paper', 'fountain-pen', 'a5'],
      price: euros(1490),
    },
  },
  {
    stock: 500,
    details: {
      sku: 'PENCIL-CEDAR-12',
      name: 'Cedar Pencils, Box of 12',
      description:
        'Soft, dark and made from offcuts that smell like a carpenter’s shop each time you sharpen one. Comes with a small brass sharpener.',
      category: 'stationery',
      tags: ['cedar', 'set'],
      price: euros(890),
    },
  },
  {
    stock: 55,
    details: {
      sku: 'PEN-FOUNTAIN-F',
      name: 'Fountain Pen, Fine Nib',
      description:
        'A steel nib that writes at first touch, a window to see what is left, and a piston that drinks from any bottle. Every part can be bought on its own.',
      category: 'stationery',
      tags: ['fountain-pen', 'repairable'],
      price: euros(5900),
    },
  },
  {
    stock: 70,
    details: {
      sku: 'TOTE-CANVAS-18',
      name: 'Canvas Tote, 18 l',
      description:
        'Waxed canvas with long straps, a pocket for keys and a bottom that stands up by itself. Carries a week of groceries or one very large book.',
      category: 'bags',
      tags: ['canvas', 'waxed'],
      price: euros(3600),
    },
  },
  {
    stock: 20,
    details: {
      sku: 'BACKPACK-ROLL-22',
      name: 'Roll-Top Backpack, 22 l',
      description:
        'Welded seams keep the rain out and a padded sleeve keeps a laptop in. Rolls down to a day’s size and up to a weekend’s.',
      category: 'bags',
      tags: ['waterproof', 'laptop', 'travel'],
      price: euros(11900),
    },
  },
  {
    stock: 65,
    details: {
      sku: 'FLASK-STEEL-750',
      name: 'Insulated Flask, 750 ml',
      description:
        'Tea is hot after twelve hours and water cold after twenty-four. The lid is one piece of steel and one ring of rubber, and both come off for washing.',
      category: 'outdoor',
      tags: ['steel', 'insulated', 'travel'],
      price: euros(2900),
    },
  },
  {
    stock: 8,
    details: {
      sku: 'TENT-TRAIL-2',
      name: 'Trail Tent for Two',
      description:
        'Two doors, two porches and 1.9 kilograms with every peg. Pitches outer first, so that the inside is dry even when the day was not.',
      category: 'outdoor',
      tags: ['camping', 'lightweight'],
      price: euros(34900),
    },
  },
  {
    stock: 110,
    details: {
      sku: 'LANTERN-CAMP-USB',
      name: 'Camp Lantern, Rechargeable',
      description:
        'A warm lamp for the table or the tent’s ridge, dimmed by turning it like a candle that listens. Forty hours on low, and it lends its charge to a phone.',
      category: 'outdoor',
      tags: ['led', 'camping', 'rechargeable'],
      price: euros(4200),
    },
  },
]
