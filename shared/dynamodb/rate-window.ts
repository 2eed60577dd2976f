import type { CountedRequest } from '../rate-limit.ts'

/**
 * The parts of an UpdateItem that counts a request in the map attribute `name`. The first request of a minute replaces the
 * map, others add to it. The condition fails when other requests of the same customer changed the window in between so that
 * it no longer has room: read it again. Requests that still fit do not exclude each other.
 */
export function rateUpdate(name: string, { window, limitPerMinute }: CountedRequest) {
  const names = { '#rate': name, '#minute': 'minute' }
  return window.requests === 1
    ? {
        set: '#rate = :window',
        condition: '(attribute_not_exists(#rate) OR #rate.#minute < :minute)',
        names,
        values: { ':window': window, ':minute': window.minute },
      }
    : {
        set: '#rate.#requests = #rate.#requests + :one',
        condition: '#rate.#minute = :minute AND #rate.#requests < :limit',
        names: { ...names, '#requests': 'requests' },
        values: { ':one': 1, ':minute': window.minute, ':limit': limitPerMinute },
      }
}
