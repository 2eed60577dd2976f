import { useQueryClient } from '@tanstack/react-query'
import { answerOf } from '../../api/client.ts'
import type { Product, Upload } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { plural } from '../../format.ts'
import { ImageUploadField, useImageUpload } from '../../ui/image-upload.tsx'

/** The images of a product, and the upload of another one. */
export function ProductImages({ product, onUploaded }: { readonly product: Product; readonly onUploaded: () => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const upload = useImageUpload({
    start: (contentType) =>
      answerOf(
        api.POST('/admin/uploads', {
          body: { purpose: 'product-image', productId: product.productId, contentType },
        }),
      ),
    read: (uploadId) => answerOf(api.GET('/admin/uploads/{uploadId}', { params: { path: { uploadId } } })),
    onEnd: async (outcome) => {
      if (outcome?.status !== 'READY') return
      onUploaded()
      await queries.invalidateQueries({ queryKey: ['products'] })
    },
  })
  const previews = imagesOf(product)
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
