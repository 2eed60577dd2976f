document.title = 'Reading room'
