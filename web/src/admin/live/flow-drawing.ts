import type { FlowEdge, FlowGraph, FlowNode } from './flow-graph.ts'
import { lineHeight, linesIn, nodeTextOf, type NodeText, type Spacing } from './node-text.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface DrawnNode extends Box {
  readonly node: FlowNode
  /** In lines that fit: into the card, or beside the dot. */
  readonly text: NodeText
}

interface DrawnEdge {
  readonly edge: FlowEdge
  /** Of an SVG path. */
  readonly path: string
}

/** Positions in units, which are pixels unless the user has changed the size of text. `lanes`: a column of cards for each service; `rail`: dots on narrow tracks, labels beside them. */
export interface Drawing {
  readonly look: 'lanes' | 'rail'
  readonly width: number
  readonly height: number
  readonly lanes: readonly (Box & { readonly name: string })[]
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly DrawnEdge[]
  /** The time of each row that has one, beside its first event. */
  readonly ticks: readonly { readonly y: number; readonly sinceStartMs: number }[]
}

const gutter = 60
const head = 42
const rowGap = 12
/** Of a card, around its lines and on either side of them. */
const cardPadding = 12
/** Where the lines of a card begin and how far from its end they stop. */
export const cardText = { left: 17, right: 10 }
/** Space between two columns of cards, where arrows go down; less where the screen is narrow. */
const widestGap = 40
const gapPart = 0.18
const narrowestLane = 150
const widestCard = 216

/** A drawing that is wider than its space is scrolled: no word fits into less. */
const narrowest = 240

/** @param space its width */
export function drawingOf(graph: FlowGraph, space: number, spacing?: Spacing): Drawing {
  const width = Math.max(space, narrowest)
  const laneWidth = (width - gutter) / Math.max(1, graph.lanes.length)
  return laneWidth < narrowestLane ? railOf(graph, width, spacing) : lanesOf(graph, width, laneWidth, spacing)
}

function lanesOf(graph: FlowGraph, width: number, laneWidth: number, spacing?: Spacing): Drawing {
  const gap = Math.min(widestGap, laneWidth * gapPart)
  const cardWidth = Math.round(Math.min(widestCard, laneWidth - gap))
  const cards = graph.nodes.map((node) => {
    const text = nodeTextOf(node, cardWidth - cardText.left - cardText.right, { namesService: false, spacing })
    return { node, text, width: cardWidth, height: cardPadding + linesIn(text) * lineHeight }
  })
  const rowHeights = Array.from({ length: graph.rows }, () => 0)
  for (const { node, height } of cards) rowHeights[node.row] = Math.max(rowHeights[node.row]!, height + rowGap)
  const tops = topsOf(rowHeights, head)
  const height = tops.at(-1)! + 12
  const nodes = cards.map((card) => ({
    ...card,
    x: Math.round(gutter + card.node.lane * laneWidth + (laneWidth - cardWidth) / 2),
    y: tops[card.node.row]! + (rowHeights[card.node.row]! - card.height) / 2,
  }))
  const boxes = new Map(nodes.map((drawn) => [drawn.node, drawn]))
  const isBetween = ({ from, to }: FlowEdge) =>
    graph.nodes.some(({ lane, row }) => lane === from.lane && row > from.row && row < to.row)
  return {
    look: 'lanes',
    width,
    height,
    lanes: graph.lanes.map((name, lane) => ({ name, x: gutter + lane * laneWidth, y: 0, width: laneWidth, height })),
    nodes,
    edges: graph.edges.map((edge) => {
      const from = boxes.get(edge.from)!
      const to = boxes.get(edge.to)!
      return { edge, path: edge.from.lane === edge.to.lane ? down(from, to, isBetween(edge)) : across(from, to, gap) }
    }),
    ticks: ticksOf(graph, (node) => boxes.get(node)!.y + boxes.get(node)!.height / 2),
  }
}

/** Where rows begin, and at last where they end. */
const topsOf = (heights: readonly number[], start: number): number[] =>
  heights.reduce((tops, height) => [...tops, tops.at(-1)! + height], [start])

/** The space that an arrow's head needs before the box that it points to. */
const arrow = 6

/** From the near side of one box to the near side of another, which is further down. */
function across(from: Box, to: Box, gap: number): string {
  const direction = to.x > from.x ? 1 : -1
  const startX = direction > 0 ? from.x + from.width : from.x
  const endX = (direction > 0 ? to.x : to.x + to.width) - direction * arrow
  // Arrows arrive above the middle and leave below it, so that the two are distinct.
  const startY = from.y + from.height * 0.66
  const endY = to.y + to.height * 0.34
  // Down close to the target: what lies between the lanes is passed on the cause's row.
  // Arrows to the left turn a little later than those to the right, so that they stay apart.
  const turnX = endX - direction * (gap / 2 - arrow) - 3
  const radius = Math.min(9, Math.abs(endX - turnX) - 3, Math.abs(turnX - startX), (endY - startY) / 2)
  const r = direction * radius
  return `M${startX} ${startY}H${turnX - r}q${r} 0 ${r} ${radius}V${endY - radius}q0 ${radius} ${r} ${radius}H${endX}`
}

/** In the same lane: straight down, or around the boxes that are between. */
function down(from: Box, to: Box, isBlocked: boolean): string {
  if (!isBlocked) return `M${from.x + from.width / 2} ${from.y + from.height}V${to.y - arrow}`
  const x = from.x + from.width
  const endY = to.y + to.height / 2
  return `M${x} ${from.y + from.height / 2}h2q8 0 8 8V${endY - 8}q0 8 -8 8h${arrow - 2}`
}

const railStep = 20
/** Between the lines of two events. */
const railGap = 26
const dot = 14
/** Where the lines beside the dots begin, from the last track, and how far from the end of the drawing they stop. */
export const railText = { left: 30, right: 4 }

function railOf(graph: FlowGraph, width: number, spacing?: Spacing): Drawing {
  const textWidth = width - 4 - (graph.lanes.length - 1) * railStep - railText.left - railText.right
  const texts = graph.nodes.map((node) => nodeTextOf(node, textWidth, { namesService: true, spacing }))
  const tops = topsOf(
    texts.map((text) => railGap + linesIn(text) * lineHeight),
    0,
  )
  const height = tops.at(-1)!
  const nodes = graph.nodes.map((node, index) => ({
    node,
    text: texts[index]!,
    x: 4 + node.lane * railStep,
    y: tops[index]! + 21,
    width: dot,
    height: dot,
  }))
  const boxes = new Map(nodes.map((drawn) => [drawn.node, drawn]))
  return {
    look: 'rail',
    width,
    height,
    lanes: graph.lanes.map((name, lane) => ({ name, x: 4 + lane * railStep, y: 0, width: dot, height })),
    nodes,
    edges: graph.edges.map((edge) => ({ edge, path: curve(boxes.get(edge.from)!, boxes.get(edge.to)!) })),
    ticks: [],
  }
}

/** From dot to dot. */
function curve(from: Box, to: Box): string {
  const startX = from.x + dot / 2
  const startY = from.y + dot
  const endX = to.x + dot / 2
  const endY = to.y
  const bend = Math.min(28, (endY - startY) / 2)
  return `M${startX} ${startY}V${endY - 2 * bend}C${startX} ${endY - bend} ${endX} ${endY - bend} ${endX} ${endY}`
}

/** One time for each row, but none for a row of the same moment as the one above. */
function ticksOf(graph: FlowGraph, yOf: (node: FlowNode) => number): Drawing['ticks'] {
  const ticks: { y: number; sinceStartMs: number }[] = []
  for (const node of graph.nodes) {
    const { sinceStartMs } = node
    const last = ticks.at(-1)
    if (last && (last.y === yOf(node) || last.sinceStartMs === sinceStartMs)) continue
    ticks.push({ y: yOf(node), sinceStartMs })
  }
  return ticks
}
