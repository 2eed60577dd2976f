import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { answerOf } from '../../api/client.ts'
import type { Body, Profile } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { useAction, type Action } from '../../ui/use-action.ts'

export type ProfileChanges = Body<'/me', 'patch'>

export function useProfile(): UseQueryResult<Profile> {
  const api = useApi()
  return useQuery({ queryKey: ['me'], queryFn: ({ signal }) => answerOf(api.GET('/me', { signal })) })
}

/** Changes fields of the profile; the others stay. */
export function useProfileChange(): Action<Profile, ProfileChanges> {
  const api = useApi()
  const client = useQueryClient()
  return useAction({
    mutationFn: (body: ProfileChanges) => answerOf(api.PATCH('/me', { body })),
    onSuccess: (profile) => client.setQueryData(['me'], profile),
  })
}
