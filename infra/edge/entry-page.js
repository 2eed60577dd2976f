// A CloudFront Function (viewer request, cloudfront-js-2.0). The pages of the web have addresses without a file of their
// own: the entry page of the storefront or of the back office shows them. Only the default behavior has the function, so
// that a 404 of the API stays one.

// oxlint-disable-next-line no-unused-vars -- CloudFront calls it by this name
function handler(event) {
  const request = event.request
  const name = request.uri.split('/').pop()
  if (!name.includes('.')) request.uri = /^\/admin(\/|$)/.test(request.uri) ? '/admin/index.html' : '/index.html'
  return request
}
