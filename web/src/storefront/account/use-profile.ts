import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { bodyOf } from '../../api/client.ts'
import type { Body, Profile } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { useAction, type Action } from '../../ui/use-action.ts'

type ProfileChanges = Body<'/me', 'patch'>

export function useProfile(): UseQueryResult<Profile> {
  const api = useApi()
  return useQuery({ queryKey: ['me'], queryFn: ({ signal }) => bodyOf(api.GET('/me', { signal })) })
}

/** Changes fields of the profile; the others stay. */
export const useProfileChange = (onSaved: (profile: Profile) => void): Action<Profile, ProfileChanges> =>
  useAction(useChangeOptions(onSaved))

/** Changes that are made one after the other: none is left out because another one is still being saved. */
export const useProfileChanges = (): UseMutationResult<Profile, Error, ProfileChanges> =>
  useMutation({ ...useChangeOptions(), scope: { id: 'profile' } })

function useChangeOptions(onSaved?: (profile: Profile) => void) {
  const api = useApi()
  const client = useQueryClient()
  return {
    mutationFn: (body: ProfileChanges) => bodyOf(api.PATCH('/me', { body })),
    onSuccess: (profile: Profile) => {
      client.setQueryData(['me'], profile)
      onSaved?.(profile)
    },
  }
}
