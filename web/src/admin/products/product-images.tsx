import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { bodyOf } from '../../api/client.ts'
import type { StaffProduct, Upload } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { plural } from '../../format.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ImageUploadField, useImageUpload } from '../../ui/image-upload.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { Notice } from '../../ui/states.tsx'
import { moved, previewsOf } from './image-order.ts'
import { useProductChange } from './use-product-change.tsx'

/** The images of a product, their order and removal, and the upload of another one. */
export function ProductImages({
  product,
  onUploaded,
}: {
  readonly product: StaffProduct
  readonly onUploaded: () => void
}) {
  const api = useApi()
  const queries = useQueryClient()
  const upload = useImageUpload({
    start: (contentType) =>
      bodyOf(
        api.POST('/admin/uploads', {
          body: { purpose: 'product-image', productId: product.productId, contentType },
        }),
      ),
    read: (uploadId) => bodyOf(api.GET('/admin/uploads/{uploadId}', { params: { path: { uploadId } } })),
    onEnd: async (outcome) => {
      if (outcome?.status !== 'READY') return
      onUploaded()
      await queries.invalidateQueries({ queryKey: ['products'] })
    },
  })
  const previews = previewsOf(product)
  const focus = useKeptFocus(String(previews.length))
  return (
    <section className="card stack" {...focus}>
      <h2>Images</h2>
      {previews.length === 0 ? (
        <p className="soft">No image yet. Products with an image sell better.</p>
      ) : (
        <ImageList product={product} previews={previews} />
      )}
      <ImageUploadField
        upload={upload}
        label="Add an image"
        fileLabel="Image file"
        processingText="Making three sizes …"
        rejectionTitle="This file cannot be used"
      >
        <Thumbnails thumbnails={upload.data?.thumbnails ?? []} />
      </ImageUploadField>
    </section>
  )
}

function ImageList({
  product,
  previews,
}: {
  readonly product: StaffProduct
  readonly previews: StaffProduct['images']
}) {
  const [removed, setRemoved] = useState<string>()
  const { failure, ...change } = useProductChange(product, () => setRemoved(undefined))
  const ids = previews.map(({ uploadId }) => uploadId)
  const asked = previews.find(({ uploadId }) => uploadId === removed)
  return (
    <>
      <p className="soft small">The shop shows the first image.</p>
      <ul role="list" className="image-list">
        {previews.map(({ uploadId, url, width, height }, index) => (
          <li key={uploadId}>
            <img src={url} width={width} height={height} alt={`Image ${index + 1} of ${product.name}`} loading="lazy" />
            <div className="image-actions">
              {(['left', 'right'] as const).map((direction) => {
                const isDisabled = index === (direction === 'left' ? 0 : ids.length - 1) || change.isPending
                const images = moved(ids, uploadId, direction === 'left' ? -1 : 1)
                return (
                  <button
                    key={direction}
                    type="button"
                    className="icon-button"
                    aria-label={`Move image ${index + 1} ${direction}`}
                    // Not disabled: the button keeps the focus when its image arrives at the end.
                    aria-disabled={isDisabled || undefined}
                    onClick={() => !isDisabled && change.run({ images })}
                  >
                    <Icon name={direction} />
                  </button>
                )
              })}
              <button
                type="button"
                className="icon-button"
                aria-label={`Remove image ${index + 1}`}
                onClick={() => setRemoved(uploadId)}
              >
                <Icon name="remove" />
              </button>
            </div>
          </li>
        ))}
      </ul>
      {change.isSuccess && <Notice look="success">Saved. Customers see it within 30 seconds.</Notice>}
      {!asked && failure}
      {asked && (
        <ConfirmDialog
          title="Remove this image?"
          confirm="Remove"
          isPending={change.isPending}
          onConfirm={() => change.run({ images: ids.filter((id) => id !== removed) })}
          onClose={() => {
            setRemoved(undefined)
            change.reset()
          }}
        >
          <img src={asked.url} width={asked.width} height={asked.height} alt={`The image of ${product.name}`} />
          <p>It is deleted in all sizes, and cannot be restored.</p>
          {failure}
        </ConfirmDialog>
      )}
    </>
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
