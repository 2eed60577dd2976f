import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { formatElapsed, serviceOf } from './event-text.ts'
import { cardText, drawingOf, railText, type DrawnNode, type Drawing } from './flow-drawing.ts'
import type { FlowGraph, FlowNode } from './flow-graph.ts'
import { lineHeight, linesIn, type NodeText, type Spacing } from './node-text.ts'
import { serviceClass } from './service-mark.tsx'
import './flow-diagram.css'

interface Selection {
  readonly selected: string | undefined
  readonly onSelect: (eventId: string) => void
}

/** Which event caused which, drawn: a column for each service, time downward, and a compact form for narrow screens. */
export function FlowDiagram({ graph, selected, onSelect }: { readonly graph: FlowGraph } & Selection) {
  const frame = useRef<HTMLDivElement>(null)
  const sample = useRef<HTMLSpanElement>(null)
  const [space, setSpace] = useState<{ width: number; scale: number; spacing: Spacing }>()
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const scale = textScale()
      setSpace({ width: frame.current!.clientWidth / scale, scale, spacing: spacingOf(sample.current!) })
    })
    observer.observe(frame.current!)
    observer.observe(sample.current!)
    return () => observer.disconnect()
  }, [])
  const drawing = useMemo(
    () => space && space.width > 0 && drawingOf(graph, space.width, space.spacing),
    [graph, space],
  )
  return (
    <div ref={frame} className="flow-diagram">
      {/* Its size changes with that of texts and with their spacing. */}
      <span ref={sample} className="flow-sample" aria-hidden="true">
        A word
      </span>
      {space && drawing && (
        <svg
          className={`flow-svg flow-${drawing.look}`}
          width={drawing.width * space.scale}
          height={drawing.height * space.scale}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          role="group"
          aria-label="The events in the order of their time; the table has the same content"
        >
          <Lanes drawing={drawing} />
          <Edges drawing={drawing} selected={selected} />
          {drawing.nodes.map((drawn) => (
            <Node
              key={drawn.node.event.id}
              drawn={drawn}
              drawing={drawing}
              isSelected={drawn.node.event.id === selected}
              onSelect={() => onSelect(drawn.node.event.id)}
            />
          ))}
        </svg>
      )}
    </div>
  )
}

/** How large the user has made the text of pages, by the size of their root that is 16 pixels by default. */
const textScale = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16

function spacingOf(element: Element): Spacing {
  const { fontSize, letterSpacing, wordSpacing } = getComputedStyle(element)
  // `normal` is not a number.
  const partOf = (length: string) => (Number.parseFloat(length) || 0) / Number.parseFloat(fontSize)
  return { letter: partOf(letterSpacing), word: partOf(wordSpacing) }
}

const Lanes = ({ drawing }: { readonly drawing: Drawing }) => (
  <g aria-hidden="true">
    {drawing.lanes.map(({ name, x, y, width, height }) =>
      drawing.look === 'lanes' ? (
        <g key={name} className={serviceClass(name)}>
          <rect className="lane" x={x + 4} y={y} width={width - 8} height={height} rx="12" />
          <text className="lane-name" x={x + width / 2} y={y + 27} textAnchor="middle">
            <tspan aria-hidden="true">● </tspan>
            {name}
          </text>
        </g>
      ) : (
        <line
          key={name}
          className={`rail ${serviceClass(name)}`}
          x1={x + width / 2}
          y1={y}
          x2={x + width / 2}
          y2={height}
        />
      ),
    )}
    {drawing.ticks.map(({ y, sinceStartMs }) => (
      <text key={y} className="tick" x="52" y={y + 4} textAnchor="end">
        {formatElapsed(sinceStartMs)}
      </text>
    ))}
  </g>
)

const Edges = ({ drawing, selected }: { readonly drawing: Drawing; readonly selected: string | undefined }) => (
  <g aria-hidden="true">
    <defs>
      <marker
        id="arrow"
        viewBox="0 0 8 8"
        refX="3"
        refY="4"
        markerWidth="8"
        markerHeight="8"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path d="M0 0 8 4 0 8Z" fill="context-stroke" />
      </marker>
    </defs>
    {drawing.edges.map(({ edge, path }) => {
      const isNear = edge.from.event.id === selected || edge.to.event.id === selected
      return (
        <path
          key={edge.to.event.id}
          className={`edge ${serviceClass(serviceOf(edge.from.event))} ${isNear ? 'is-near' : ''}`}
          d={path}
          pathLength={1}
          markerEnd={drawing.look === 'lanes' ? 'url(#arrow)' : undefined}
        />
      )
    })}
  </g>
)

function Node({
  drawn,
  drawing,
  isSelected,
  onSelect,
}: {
  readonly drawn: DrawnNode
  readonly drawing: Drawing
  readonly isSelected: boolean
  readonly onSelect: () => void
}) {
  const { node, x, y } = drawn
  const onKeyDown = (event: KeyboardEvent<SVGGElement>) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onSelect()
  }
  return (
    <g
      className={`node ${serviceClass(serviceOf(node.event))}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      aria-description={descriptionOf(node)}
      onClick={onSelect}
      onKeyDown={onKeyDown}
    >
      {drawing.look === 'lanes' ? <Card drawn={drawn} /> : <Stop drawn={drawn} drawing={drawing} />}
    </g>
  )
}

const Card = ({ drawn: { text, width, height } }: { readonly drawn: DrawnNode }) => (
  <g className="node-content">
    <rect className="node-card" width={width} height={height} rx="10" />
    <rect className="node-bar" x="6" y="9" width="4" height={height - 18} rx="2" />
    <Lines text={text} left={cardText.left} right={width - cardText.right} y={18} />
  </g>
)

function Stop({
  drawn: { text, x, width, height },
  drawing,
}: {
  readonly drawn: DrawnNode
  readonly drawing: Drawing
}) {
  const left = drawing.lanes.at(-1)!.x + railText.left - x
  return (
    <g className="node-content">
      <rect
        className="node-area"
        x={-x}
        y={-20}
        width={drawing.width}
        height={24 + linesIn(text) * lineHeight}
        rx="8"
      />
      <circle className="node-dot" cx={width / 2} cy={height / 2} r={width / 2} />
      <Lines text={text} left={left} right={drawing.width - x - railText.right} y={4} />
    </g>
  )
}

/** @param props.y of the first line */
const Lines = ({
  text: { title, lines, since },
  left,
  right,
  y,
}: {
  readonly text: NodeText
  readonly left: number
  readonly right: number
  readonly y: number
}) => (
  <>
    {/* One element, so that a screen reader reads the name of the event in one piece. */}
    <text className="node-title" y={y}>
      {title.map((line, index) => (
        <tspan key={index} x={left} dy={index === 0 ? 0 : lineHeight}>
          {line}
        </tspan>
      ))}
    </text>
    {lines.map((line, index) => (
      <text key={index} className="node-text" x={left} y={y + (title.length + index) * lineHeight}>
        {line}
      </text>
    ))}
    <text className="node-since" x={right} y={y + (title.length + lines.length - 1) * lineHeight} textAnchor="end">
      {since}
    </text>
  </>
)

function descriptionOf(node: FlowNode): string {
  const { event, sinceCauseMs } = node
  const [causeType] = event.causationId.split('/')
  const cause = {
    event: `${formatElapsed(sinceCauseMs ?? 0)} after ${causeType}`,
    request: 'caused by a request',
    unknown: `caused by an older ${causeType}`,
  }[node.cause]
  return `Published by ${serviceOf(event)}, ${cause}`
}
