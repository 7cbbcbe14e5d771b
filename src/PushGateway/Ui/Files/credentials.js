// How this tab says who it is: a user and a password, or a token, until the tab is closed.
const key = 'authorization';

/** The header's value; null where nothing was given. */
export const authorization = () => sessionStorage.getItem(key);

/** @param value null forgets it */
export function setAuthorization(value) {
  if (value === null) {
    sessionStorage.removeItem(key);
  } else {
    sessionStorage.setItem(key, value);
  }
}

export const basic = (user, password) => `Basic ${base64(`${user}:${password}`)}`;

export const bearer = (token) => `Bearer ${token}`;

/** Of the text in UTF-8. */
export const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
