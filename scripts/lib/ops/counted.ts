/** `counted(1, 'message')` → `1 message`, `counted(3, 'message')` → `3 messages` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
