import { makeDataDirectory } from '@cartwheel/local/process'

/**
 * The version of the data in the local system's folder. Increment it in the commit that changes the shape of stored items,
 * so that a folder with items of the old shape is rejected at start and does not fail later.
 */
export const dataVersion = 5

/** Creates the data folder if necessary, for a command that stores a file there before the first start. */
export const makeDataFolder = (directory: string): void => makeDataDirectory(directory, dataVersion)
