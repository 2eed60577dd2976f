import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { answerOf } from '../../api/client.ts'
import { imageTypes, rejectionTexts, uploadImage, type UploadStep } from '../../api/image-upload.ts'
import type { Profile } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'

/** The customer's picture, and the upload of another one. */
export function Avatar({ profile }: { readonly profile: Profile }) {
  const api = useApi()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [step, setStep] = useState<UploadStep>()
  const [preview, setPreview] = usePreview()
  const upload = useAction({
    mutationFn: (file: File) =>
      uploadImage({
        file,
        start: (contentType) => answerOf(api.POST('/uploads', { body: { purpose: 'avatar', contentType } })),
        read: (uploadId) => answerOf(api.GET('/uploads/{uploadId}', { params: { path: { uploadId } } })),
        onStep: setStep,
      }),
    onSuccess: async ({ status }) => {
      // The profile follows the upload by an event: until it has the picture, the preview shows it.
      if (status === 'READY') await client.invalidateQueries({ queryKey: ['me'] })
      else setPreview(undefined)
    },
    onError: () => setPreview(undefined),
    onSettled: () => setStep(undefined),
  })
  const rejection = upload.data?.status === 'REJECTED' ? (upload.data.reason ?? 'corrupt') : undefined
  return (
    <div className="avatar-row">
      <AvatarImage profile={profile} preview={preview} isBusy={upload.isPending} />
      <div className="stack avatar-text">
        <input
          ref={input}
          type="file"
          className="visually-hidden"
          tabIndex={-1}
          aria-label="Picture file"
          accept={imageTypes.join(',')}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0]
            // The same file can be chosen again.
            currentTarget.value = ''
            if (!file || upload.isPending) return
            setPreview(file)
            upload.run(file)
          }}
        />
        <div>
          <Button isPending={upload.isPending} onClick={() => input.current?.click()}>
            {profile.avatar ? 'Change picture' : 'Add a picture'}
          </Button>
        </div>
        <div role="status" className="small soft">
          {step?.kind === 'sending' && (
            <label className="avatar-progress">
              Sending, {Math.round(step.part * 100)} %
              <progress value={step.part} max={1} />
            </label>
          )}
          {step?.kind === 'processing' && (
            <label className="avatar-progress">
              Preparing your picture …
              <progress />
            </label>
          )}
          {upload.data?.status === 'READY' && 'Your picture is saved.'}
          {!step && upload.data?.status !== 'READY' && 'JPEG, PNG or WebP, at most 15 MB.'}
        </div>
        {rejection && (
          <Notice look="danger" title="This picture cannot be used">
            <p>{rejectionTexts[rejection]}</p>
          </Notice>
        )}
        <FormFailure error={upload.error} />
      </div>
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
