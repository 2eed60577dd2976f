import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { bodyOf } from '../../api/client.ts'
import type { Profile } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ImageUploadField, useImageUpload } from '../../ui/image-upload.tsx'

/** The customer's picture, and the upload of another one. */
export function Avatar({ profile }: { readonly profile: Profile }) {
  const api = useApi()
  const client = useQueryClient()
  const [preview, setPreview] = usePreview()
  const upload = useImageUpload({
    start: (contentType) => bodyOf(api.POST('/uploads', { body: { purpose: 'avatar', contentType } })),
    read: (uploadId) => bodyOf(api.GET('/uploads/{uploadId}', { params: { path: { uploadId } } })),
    onEnd: async (outcome) => {
      // The profile follows the upload by an event: until it has the picture, the preview shows it.
      if (outcome?.status === 'READY') await client.invalidateQueries({ queryKey: ['me'] })
      else setPreview(undefined)
    },
  })
  return (
    <div className="avatar-row">
      <AvatarImage profile={profile} preview={preview} isBusy={upload.isPending} />
      <ImageUploadField
        upload={upload}
        label={profile.avatar ? 'Change picture' : 'Add a picture'}
        fileLabel="Picture file"
        processingText="Preparing your picture …"
        rejectionTitle="This picture cannot be used"
        onChoose={setPreview}
      >
        Your picture is saved.
      </ImageUploadField>
    </div>
  )
}

function AvatarImage({
  profile: { avatar, name },
  preview,
  isBusy,
}: {
  readonly profile: Profile
  readonly preview: string | undefined
  readonly isBusy: boolean
}) {
  const client = useQueryClient()
  const square = avatar?.thumbnails.toSorted((a, b) => a.width - b.width)[0]
  const src = preview ?? square?.url
  /** Addresses expire after five minutes: a new profile has new ones. */
  const failed = useRef<string>(undefined)
  return (
    <span className={`avatar ${isBusy ? 'is-busy' : ''}`}>
      {src ? (
        <img
          src={src}
          width={150}
          height={150}
          alt="Your picture"
          onError={() => {
            if (failed.current === src) return
            failed.current = src
            void client.invalidateQueries({ queryKey: ['me'] })
          }}
        />
      ) : name ? (
        <span className="avatar-initials" aria-hidden="true">
          {initialsOf(name)}
        </span>
      ) : (
        <Icon name="person" />
      )}
    </span>
  )
}

/** @returns the first letters of the first and the last name */
function initialsOf(name: string): string {
  const letters = name.match(/(?<=^|\s)\p{L}/gu) ?? []
  return [letters[0], letters.length > 1 ? letters.at(-1) : ''].join('').toUpperCase()
}

/** The address of a chosen file, for as long as it is shown. */
function usePreview(): [string | undefined, (file: File | undefined) => void] {
  const [url, setUrl] = useState<string>()
  useEffect(() => () => URL.revokeObjectURL(url ?? ''), [url])
  return [url, (file) => setUrl(file && URL.createObjectURL(file))]
}
