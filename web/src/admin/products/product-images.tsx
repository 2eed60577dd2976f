import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { answerOf } from '../../api/client.ts'
import { imageTypes, rejectionTexts, uploadImage, type UploadStep } from '../../api/image-upload.ts'
import type { Product, Upload } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { plural } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'

/** The images of a product, and the upload of another one. */
export function ProductImages({ product, onUploaded }: { readonly product: Product; readonly onUploaded: () => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [step, setStep] = useState<UploadStep>()
  const upload = useAction({
    mutationFn: (file: File) =>
      uploadImage({
        file,
        start: (contentType) =>
          answerOf(
            api.POST('/admin/uploads', {
              body: { purpose: 'product-image', productId: product.productId, contentType },
            }),
          ),
        read: (uploadId) => answerOf(api.GET('/admin/uploads/{uploadId}', { params: { path: { uploadId } } })),
        onStep: setStep,
      }),
    onSuccess: async ({ status }) => {
      if (status !== 'READY') return
      onUploaded()
      await queries.invalidateQueries({ queryKey: ['products'] })
    },
    onSettled: () => setStep(undefined),
  })
  const previews = imagesOf(product)
  const result = upload.data
  return (
    <section className="card stack">
      <h2>Images</h2>
      {previews.length === 0 ? (
        <p className="soft">No image yet. Products with an image sell better.</p>
      ) : (
        <ul role="list" className="image-list">
          {previews.map(({ url, width, height }, index) => (
            <li key={url}>
              <img
                src={url}
                width={width}
                height={height}
                alt={`Image ${index + 1} of ${product.name}`}
                loading="lazy"
              />
            </li>
          ))}
        </ul>
      )}
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Image file"
        accept={imageTypes.join(',')}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          // The same file can be chosen again.
          event.currentTarget.value = ''
          if (file) upload.run(file)
        }}
      />
      <Button isPending={upload.isPending} onClick={() => input.current?.click()}>
        Add an image
      </Button>
      <p className="soft small">JPEG, PNG or WebP, at most 15 MB.</p>
      <div role="status" className="stack">
        {step?.kind === 'sending' && (
          <label className="stack upload-progress small">
            {`Sending the file: ${Math.round(step.part * 100)} %`}
            <progress value={step.part} max={1} />
          </label>
        )}
        {step?.kind === 'processing' && (
          <label className="stack upload-progress small">
            Making three sizes …
            <progress />
          </label>
        )}
        {result?.status === 'READY' && <Thumbnails thumbnails={result.thumbnails ?? []} />}
      </div>
      {result?.status === 'REJECTED' && (
        <Notice look="danger" title="This file cannot be used">
          <p>{rejectionTexts[result.reason ?? 'corrupt']}</p>
        </Notice>
      )}
      <FormFailure error={upload.error} />
    </section>
  )
}

const Thumbnails = ({ thumbnails }: { readonly thumbnails: NonNullable<Upload['thumbnails']> }) => (
  <div className="stack upload-result">
    <p className="small">{`The image is ready in ${plural(thumbnails.length, 'size')}.`}</p>
    <ul role="list" className="thumbnail-list">
      {thumbnails.map(({ url, width, height }) => (
        <li key={url} className="two-lines">
          <img src={url} width={width} height={height} alt="" />
          <span className="soft small number">{`${width} × ${height}`}</span>
        </li>
      ))}
    </ul>
  </div>
)

/** The smallest size of each image: the sizes of an image follow each other, the smallest first. */
const imagesOf = ({ images }: Product) =>
  images.filter(({ width }, index) => index === 0 || width < images[index - 1]!.width)
