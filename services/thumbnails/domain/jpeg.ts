/** The structure of a JPEG that determines the cost of decoding. */
export interface JpegStructure {
  /** Passes over the image: one for most baseline files, about ten for a progressive one. */
  readonly scans: number
  /** Whether the end marker is present. */
  readonly hasEnd: boolean
}

const startOfScan = 0xda
const endOfImage = 0xd9
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7
/** Markers that are followed by no length: TEM, SOI and the restarts. */
const standsAlone = (marker: number) => marker === 0x01 || marker === 0xd8 || isRestart(marker)

/** Parses the markers of a JPEG (ITU-T T.81, annex B) without decoding, up to the first malformed marker. */
export function jpegStructure(bytes: Uint8Array): JpegStructure {
  let scans = 0
  let offset = 2
  while (offset < bytes.length && bytes[offset] === 0xff) {
    while (bytes[offset + 1] === 0xff) offset += 1
    const marker = bytes[offset + 1]
    if (marker === undefined) break
    offset += 2
    if (marker === endOfImage) return { scans, hasEnd: true }
    if (standsAlone(marker)) continue
    offset += (bytes[offset]! << 8) | bytes[offset + 1]!
    if (marker !== startOfScan) continue
    scans += 1
    offset = endOfScanData(bytes, offset)
  }
  return { scans, hasEnd: false }
}

/** In the data of a scan, 0xff is followed by 0 or belongs to a restart marker; any other marker ends it. */
function endOfScanData(bytes: Uint8Array, start: number): number {
  let offset = bytes.indexOf(0xff, start)
  while (offset !== -1) {
    const next = bytes[offset + 1]
    if (next !== undefined && next !== 0 && next !== 0xff && !isRestart(next)) return offset
    offset = bytes.indexOf(0xff, offset + 1)
  }
  return bytes.length
}
