import { connect } from 'node:net'

/** Sends bytes that no HTTP client would send. @returns everything that the server responds until it closes the connection */
export function sendRaw(endpoint: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(endpoint).port), '127.0.0.1', () => socket.write(text))
    let response = ''
    socket.on('data', (chunk) => (response += chunk))
    socket.on('close', () => resolve(response))
    socket.on('error', reject)
  })
}
