import { useRef, useState, type ReactNode } from 'react'
import { imageTypes, rejectionTexts, uploadImage, type UploadOutcome, type UploadStep } from '../api/image-upload.ts'
import { Button } from './button.tsx'
import { FormFailure, Notice } from './states.tsx'
import { useAction, type Action } from './use-action.ts'

interface ImageUpload extends Pick<Action<UploadOutcome, File>, 'data' | 'error' | 'isPending' | 'run'> {
  /** Of the upload that runs. */
  readonly step: UploadStep | undefined
}

/** @param options.onEnd gets undefined when a request failed */
export function useImageUpload({
  onEnd,
  ...requests
}: Pick<Parameters<typeof uploadImage>[0], 'start' | 'read'> & {
  readonly onEnd: (outcome: UploadOutcome | undefined) => unknown
}): ImageUpload {
  const [step, setStep] = useState<UploadStep>()
  const upload = useAction({
    mutationFn: (file: File) => uploadImage({ file, ...requests, onStep: setStep }),
    onSuccess: onEnd,
    onError: () => onEnd(undefined),
    onSettled: () => setStep(undefined),
  })
  return { ...upload, step }
}

/** The button that chooses a file, the progress of its upload, and the reason of a rejection. */
export function ImageUploadField({
  upload: { data: outcome, error, isPending, run, step },
  label,
  fileLabel,
  processingText,
  rejectionTitle,
  onChoose,
  children,
}: {
  readonly upload: ImageUpload
  /** Of the button. */
  readonly label: string
  readonly fileLabel: string
  readonly processingText: string
  readonly rejectionTitle: string
  readonly onChoose?: (file: File) => void
  /** After a successful upload. */
  readonly children: ReactNode
}) {
  const input = useRef<HTMLInputElement>(null)
  const [chosen, setChosen] = useState<File>()
  const send = (file: File) => {
    setChosen(file)
    onChoose?.(file)
    run(file)
  }
  return (
    <div className="stack image-upload">
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={fileLabel}
        accept={imageTypes.join(',')}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0]
          // The same file can be chosen again.
          currentTarget.value = ''
          if (file && !isPending) send(file)
        }}
      />
      <div>
        <Button isPending={isPending} onClick={() => input.current?.click()}>
          {label}
        </Button>
      </div>
      <p className="soft small">JPEG, PNG or WebP, at most 15 MB.</p>
      <div role="status" className="small">
        {step?.kind === 'sending' && (
          <label className="image-upload-progress">
            {`Sending the file: ${Math.round(step.part * 100)}%`}
            <progress value={step.part} max={1} />
          </label>
        )}
        {step?.kind === 'processing' && (
          <label className="image-upload-progress">
            {processingText}
            <progress />
          </label>
        )}
        {outcome?.status === 'READY' && children}
      </div>
      {outcome?.status === 'REJECTED' && (
        <Notice look="danger" title={rejectionTitle}>
          <p>{rejectionTexts[outcome.reason ?? 'corrupt']}</p>
        </Notice>
      )}
      <FormFailure error={error} />
      {error && chosen && (
        <div>
          <Button onClick={() => send(chosen)}>Try again</Button>
        </div>
      )}
    </div>
  )
}
