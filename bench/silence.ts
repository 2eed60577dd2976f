/** Imported first, keeps logs and metrics of functions out of the output of a measurement. */
import { metricsNamespace } from '#shared/application.ts'

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT'
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true'
process.env['POWERTOOLS_METRICS_NAMESPACE'] = metricsNamespace
process.env['POWERTOOLS_SERVICE_NAME'] = 'test'
