/** The build places the file into the bundle; see scripts/lib/build/bundle.ts. */
declare module '*.ttf' {
  const bytes: Uint8Array
  export default bytes
}
